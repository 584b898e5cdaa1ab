from __future__ import annotations

import pytest
from stepwise.config import Settings
from stepwise.errors import ModelError, ModelTimeout, ModelUnavailable
from stepwise.ollama.warm_up import NotResident, WarmUp, warm_up
from support.clock import Clock
from support.hosts.generations import client_of, outcome
from support.hosts.model_host import ModelHost


def _warm_up(host: ModelHost, **settings: object) -> WarmUp:
    with client_of(host.url, **settings) as client:
        return warm_up(client, client.settings, client.clock)


def test_a_warm_up_loads_the_model_with_the_context_of_real_requests_and_says_so() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        result = warm_up(client, client.settings, client.clock)
        assert (result.resident, result.context_length) == (True, 16_384)
        assert outcome(client).error is None
        assert host.loads == [16_384], "the first real request loaded the model again"


def test_a_model_that_is_there_already_is_not_loaded_again() -> None:
    with ModelHost() as host:
        _warm_up(host)
        _warm_up(host)
        assert host.loads == [16_384]


def test_it_reports_how_long_it_took_in_milliseconds() -> None:
    with ModelHost() as host:
        clock = Clock()

        def ticking() -> float:
            clock.advance(0.001)
            return clock()

        with client_of(host.url) as client:
            result = warm_up(client, client.settings, ticking)
        assert result.took_ms == 1


def test_a_model_that_does_not_stay_is_an_error_of_its_own() -> None:
    with ModelHost() as host:
        host.forgets = True
        with pytest.raises(NotResident) as caught:
            _warm_up(host)
    assert (caught.value.reason, caught.value.status) == ("absent", 503)


def test_a_model_trained_for_less_than_num_ctx_is_warm_and_says_its_context() -> None:
    with ModelHost(most_context=4096) as host:
        assert _warm_up(host).context_length == 4096


def test_a_model_name_with_a_tag_is_found() -> None:
    with ModelHost(models=["phi4-mini-reasoning:3.8b"]) as host:
        assert _warm_up(host, model_name="phi4-mini-reasoning:3.8b").resident


def test_a_model_that_the_host_does_not_have_is_a_model_error() -> None:
    with ModelHost(models=["another"]) as host, pytest.raises(ModelError):
        _warm_up(host)


def test_a_host_that_is_down_is_unavailable() -> None:
    with ModelHost() as host:
        host.refuse()
        with pytest.raises(ModelUnavailable):
            _warm_up(host)


def test_a_load_that_takes_too_long_is_a_timeout() -> None:
    with ModelHost(load_seconds=0.6) as host, pytest.raises(ModelTimeout):
        _warm_up(host, generation_timeout=0.5)


def test_the_defaults_of_a_deployment_keep_the_model_for_ever() -> None:
    with ModelHost() as host:
        _warm_up(host, keep_alive=Settings().keep_alive)
        assert host.resident()[0]["expires_at"].startswith("2319")
