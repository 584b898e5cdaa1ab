"""English stories: the facts that the question is about are chosen by its words, and none is left in doubt."""

from __future__ import annotations

import pytest
from embedded_model.values.solution import Say
from embedded_model.word_problems import english


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        (
            "There are 17 sheep. The farmer buys 5 sheep and sells 3 sheep. How many sheep are there now?",
            "19",
        ),
        ("A farmer has 17 sheep, buys 5 and sells 3. How many sheep does he have?", "19"),
        ("Ann had 9 pens. She lost 4 pens and then found 2 more pens. How many pens does she have now?", "7"),
        (
            "Ben had 30 stamps. He sold some stamps. If he has 12 stamps left. How many stamps did Ben sell?",
            "18",
        ),
        ("Eva lost 8 beads at school. Now she has 15 beads. How many beads did she have at first?", "23"),
        (
            "A shop had 40 red kites and 25 blue kites. How many more red kites than blue kites did it have?",
            "15",
        ),
        ("Tim read 12 pages on Monday and 9 pages on Tuesday. How many pages did Tim read in all?", "21"),
        (
            # From the tree that is asked about.
            "Ray picked 4 plums from her tree. If the tree had 7 plums initially. How many plums are still there on the tree?",
            "3",
        ),
        ("Eve has 30 beads. Gus takes 12 away. How many beads does Eve end with?", "18"),
        ("Tom had 8 pears in his bag. His aunt gave him 5 pears. How many pears does he have now?", "13"),
        ("Jo had 12 files. After deleting some he had 7 left. How many files did he delete?", "5"),
        (
            "There were 40 lamps in a hall. The owner bought some lamps. There are now 55 lamps in the hall. How many lamps did he buy?",
            "15",
        ),
        (
            "There are 9 girls and 6 boys in the club. 4 more boys joined the club. How many more boys than girls does the club have?",
            "1",
        ),
        (
            "The recipe calls for 9 cups of oats. She already put in 4 cups of oats. How many cups of oats does she need to add?",
            "5",
        ),
        (
            "There are 15 girls and 9 boys in the hall. There are also 4 teachers. How many pupils are there in the hall?",
            "24",
        ),
        (
            "Al brought 3 kites and Bo brought 5 kites to the park. Al then bought 2 more kites at the park. How many kites did Al and Bo have in the park?",
            "10",
        ),
        (
            "Leo baked 20 pies and 31 buns. He sold 11 pies and 16 buns. How many more buns than pies did Leo sell?",
            "5",
        ),
    ],
)
def test_the_words_of_the_question_choose_among_the_facts(problem: str, answer: str) -> None:
    solution = english.solve(problem, Say("en"))
    assert solution is not None
    assert solution.answer == answer
    assert solution.steps
    assert "Backwards" in solution.check


@pytest.mark.parametrize(
    "problem",
    [
        # Wednesday is told of nowhere: the first number is of the whole week.
        "Last week Ann got 51 letters. On Monday she got 19 letters. How many letters did she get on Wednesday?",
        # What is read is still there.
        "Jay has 18 books and he has read 9 of them. Mary has 42 books. How many books do they have together?",
        "Paul raised 15 hens but cats loved eating them. 5 were eaten by foxes. How many hens did he buy in total?",
        "Ann had 9 pens. Ben gave some pens to Carl. How many pens does Ann have now?",
    ],
)
def test_a_story_with_a_fact_in_doubt_is_left_alone(problem: str) -> None:
    assert english.solve(problem, Say("en")) is None


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("There are 12 vans. Each van has 9 seats in it. How many seats are there in all?", "108"),
        (
            "Uma had 20 plums. She ate 5 plums and packed the rest into boxes with 3 plums in each box. How many boxes did she use?",
            "5",
        ),
        (
            "Ned has 4 bags of nuts and gave 1 bag to Kim. If each bag has 6 nuts, how many nuts does Ned have left?",
            "18",
        ),
        ("Zoe made 30 dollars. If she spent 6 dollars on a pen, how many 4 dollar books could she buy?", "6"),
        (
            "There are 6 pupils in the room and 48 pens. If the pens are divided equally among the pupils, how many does each pupil get?",
            "8",
        ),
        ("It takes 5 minutes to clean one box of tools. How long will it take to clean 7 boxes?", "35"),
        ("Lea walked 12 miles at 4 miles per hour. How long was Lea walking?", "3"),
        (
            "There are 7 crates of fruit. Each crate has 10 red apples and 2 green apples. How many green apples are in the crates altogether?",
            "14",
        ),
        ("There are 8 tables with 2 women and 6 men at each table. How many people are there in all?", "64"),
        ("There are 18 cards. If the cards are put into groups of size 3. How many groups are there?", "6"),
        ("Max has 5 bags of 6 apples. How many apples does Max have in all?", "30"),
        ("Max has 6 dozen eggs. How many eggs does Max have?", "72"),
        (
            "A form had 5 questions on it. If a teacher had 9 forms to grade and had already graded 4 of them, how many more questions does she have to grade?",
            "25",
        ),
        (
            "A shop has 8 shelves of jam and 5 shelves of tea. There are 6 jars on each shelf. How many jars of jam does the shop have?",
            "48",
        ),
    ],
)
def test_rates_lead_from_groups_to_parts_and_back(problem: str, answer: str) -> None:
    solution = english.solve(problem, Say("en"))
    assert solution is not None
    assert solution.answer == answer


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("Ida has 9 hats. Jon has 4 more hats than Ida. How many hats does Jon have?", "13"),
        (
            "Ida has 6 fewer hats than Jon who has 8 more hats than Kai. Kai has 5 hats. How many hats does Ida have?",
            "7",
        ),
        ("The mole is 10 inches long. The boa is 7 times longer than the mole. How long is the boa?", "70"),
        (
            "In a school there are 40 more girls than boys. If there are 90 girls. How many boys are there in that school?",
            "50",
        ),
        ("Ida did 14 laps. Jon did 5 more laps than Ida. How many laps did Ida and Jon do altogether?", "33"),
    ],
)
def test_comparisons_lead_from_one_to_the_next(problem: str, answer: str) -> None:
    solution = english.solve(problem, Say("en"))
    assert solution is not None
    assert solution.answer == answer


@pytest.mark.parametrize(
    "problem",
    [
        # Three weeks are left over.
        "A pilot flew 100 miles on Monday and 50 miles on Friday. If she flies the same 3 weeks in a row, how many miles does she fly in all?",
        # Which of the two rates?
        "Each coupon gives 10 bottles. Each pupil drinks 2 bottles. There are 9 coupons. How many bottles are there?",
        "Ben has 8 cards. Ann has 3 more. How many cards do they have altogether?",
        "Nina had 18 beads. She gave 3 beads to each of her 4 friends. How many beads does she have left?",
        "Max has 5 bags of 6 apples. He eats 4 apples. How many apples are left?",
        # Feet and yards are not the same.
        "Ida has 27 feet of rope. Jon has 8 yards of wire. How many more feet does Ida have than Jon?",
        # The others do not come out even.
        "Uma has 20 plums. She puts 3 plums in each box. How many boxes can she fill?",
        # Fewer of the one, more of the other: than whom?
        "Ida has 6 fewer hats and 3 more pens than Jon. Jon has 9 hats. How many hats does Ida have?",
        "Two trains carry 30 people each. Half of the people get off. How many people are left?",
        "Ann has one pen and 3 books. She buys 4 pens. How many pens does she have now?",
    ],
)
def test_what_is_not_read_whole_is_left_alone(problem: str) -> None:
    assert english.solve(problem, Say("en")) is None
