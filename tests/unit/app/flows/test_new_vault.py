from saasbackup_desktop.app.flows.bucket import BucketEntry, SignIn
from saasbackup_desktop.app.flows.new_vault import Fitness, NewVault, Step, Where


def test_folder_takes_two_pages_and_a_bucket_four() -> None:
    flow = NewVault()
    assert (flow.number, flow.advance(), flow.number, flow.advance()) == (1, Step.PASSPHRASE, 2, Step.PASSPHRASE)
    flow = NewVault(where=Where.BUCKET)
    assert [flow.advance() for _ in range(4)] == [Step.LOCK, Step.TEST, Step.PASSPHRASE, Step.PASSPHRASE]
    assert [flow.back() for _ in range(4)] == [Step.TEST, Step.LOCK, Step.PLACE, Step.PLACE]


def test_place_is_needed() -> None:
    assert NewVault().missing(has_secret=False, has_passphrase=False) == {"folder": "needed"}
    assert NewVault(folder="/x").missing(has_secret=False, has_passphrase=False) == {}
    bucket = NewVault(where=Where.BUCKET, entry=BucketEntry(sign_in=SignIn.FOUND))
    assert bucket.missing(has_secret=False, has_passphrase=False) == {"bucket": "needed"}


def test_lock_that_nobody_can_undo_is_asked_about_twice() -> None:
    flow = NewVault(where=Where.BUCKET, step=Step.LOCK)
    flow.choose_lock("governance", 30)
    assert not flow.must_be_sure
    flow.choose_lock("compliance", 30)
    assert flow.must_be_sure
    assert flow.missing(has_secret=True, has_passphrase=False) == {"lock": "unsure"}
    flow.is_sure = True
    assert flow.missing(has_secret=True, has_passphrase=False) == {}
    flow.choose_lock("compliance", 300)
    assert flow.must_be_sure, "other days are another question"
    flow.is_sure = True
    flow.advance()
    flow.back()
    assert flow.must_be_sure


def test_only_a_good_test_goes_on_or_one_whose_limits_were_accepted() -> None:
    flow = NewVault(where=Where.BUCKET, step=Step.TEST)
    for fitness, accepted, goes_on in (
        (Fitness.UNKNOWN, True, False),
        (Fitness.UNFIT, True, False),
        (Fitness.LIMITED, False, False),
        (Fitness.LIMITED, True, True),
        (Fitness.FIT, False, True),
    ):
        flow.fitness, flow.is_limit_accepted = fitness, accepted
        assert (flow.missing(has_secret=True, has_passphrase=False) == {}) is goes_on


def test_other_answers_void_the_test() -> None:
    flow = NewVault(where=Where.BUCKET, step=Step.TEST, fitness=Fitness.LIMITED, is_limit_accepted=True)
    flow.back()
    flow.advance()
    assert (flow.fitness, flow.is_limit_accepted) == (Fitness.UNKNOWN, False)


def test_passphrase_comes_last() -> None:
    flow = NewVault(step=Step.PASSPHRASE)
    assert flow.missing(has_secret=False, has_passphrase=False) == {"passphrase": "needed"}
    assert flow.missing(has_secret=False, has_passphrase=True) == {}
