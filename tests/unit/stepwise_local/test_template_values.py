"""The template reader: CloudFormation's intrinsics as its own documentation defines them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from stepwise_local.template.yaml_values import Template, TemplateError, load

DOCUMENT = """
Parameters:
  Stage: {Type: String, Default: live}
  Count: {Type: Number, Default: 4}
  Subnets: {Type: CommaDelimitedList, Default: "a, b"}
  Nothing: {Type: CommaDelimitedList, Default: ""}
Mappings:
  Sizes: {live: {small: 1, large: 2}}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
  HasSubnets: !Not [!Equals [!Join ["", !Ref Nothing], ""]]
  Both: !And [!Condition IsLive, !Condition HasSubnets]
  Either: !Or [!Condition IsLive, !Condition HasSubnets]
Resources:
  Table: {Type: "AWS::DynamoDB::Table"}
  Gone: {Type: "AWS::SQS::Queue", Condition: HasSubnets}
Values:
  ref: !Ref Stage
  number: !Ref Count
  list: !Ref Subnets
  resource: !Ref Table
  attribute: !GetAtt Table.Arn
  nested: !GetAtt Host.Outputs.Url
  long: {"Fn::GetAtt": [Table, Arn]}
  sub: !Sub "${Stage}-${Table}-${Table.Arn}-${!Literal}-${AWS::Region}"
  sub_list: !Sub ["${x}/${Stage}", {x: !Ref Count}]
  if_yes: !If [IsLive, 1, 2]
  if_no: !If [Both, 1, [!Ref Stage]]
  either: !If [Either, 1, 2]
  left_out: {a: 1, b: !If [Both, 1, !Ref "AWS::NoValue"]}
  left_out_item: [1, !Ref "AWS::NoValue"]
  join: !Join ["-", [a, !Ref Count, !Ref Stage]]
  select: !Select [1, !Split [",", "a,b,c"]]
  map: !FindInMap [Sizes, !Ref Stage, large]
  base64: !Base64 abc
  truth: !Equals ["true", true]
"""


def attributes(name: str, attribute: str | None) -> str:
    return f"<{name}>" if attribute is None else f"<{name}:{attribute}>"


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "template.yaml"
    path.write_text(DOCUMENT)
    return load(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ref", "live"),
        ("number", "4"),
        ("list", ["a", "b"]),
        ("resource", "<Table>"),
        ("attribute", "<Table:Arn>"),
        ("nested", "<Host:Outputs.Url>"),
        ("long", "<Table:Arn>"),
        ("sub", "live-<Table>-<Table:Arn>-${Literal}-us-east-1"),
        ("sub_list", "4/live"),
        ("if_yes", 1),
        ("if_no", ["live"]),
        ("either", 1),
        ("left_out", {"a": 1}),
        ("left_out_item", [1]),
        ("join", "a-4-live"),
        ("select", "b"),
        ("map", 2),
        ("base64", "YWJj"),
        ("truth", True),
    ],
)
def test_an_intrinsic_has_its_value(document: dict[str, Any], name: str, value: Any) -> None:
    template = Template(document, {}, attributes)
    assert template.value(document["Values"][name]) == value


def test_a_parameter_that_is_given_replaces_its_default(document: dict[str, Any]) -> None:
    template = Template(document, {"Stage": "test", "Nothing": "x"}, attributes)
    assert template.value(document["Values"]["ref"]) == "test"
    assert template.value(document["Values"]["if_yes"]) == 2
    assert set(template.resources) == {"Table", "Gone"}


def test_a_resource_whose_condition_fails_is_not_there(document: dict[str, Any]) -> None:
    assert set(Template(document, {}, attributes).resources) == {"Table"}


@pytest.mark.parametrize(
    "node", [{"Fn::Unknown": 1}, {"Fn::If": ["NoSuchCondition", 1, 2]}, {"Fn::Join": "text"}]
)
def test_what_is_not_understood_is_refused_by_name(document: dict[str, Any], node: Any) -> None:
    with pytest.raises(TemplateError, match=r"Fn::|NoSuchCondition"):
        Template(document, {}, attributes).value(node)


@pytest.mark.parametrize("text", ["", "a: [", "- 1", "Resources: 1"])
def test_a_file_that_is_no_template_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(text)
    with pytest.raises(TemplateError, match=r"template\.yaml"):
        load(path)


def test_tags_are_plain_data_and_run_nothing(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text("Resources: {a: !!python/object/apply:os.getcwd []}")
    with pytest.raises(TemplateError, match="cannot be read"):
        load(path)
