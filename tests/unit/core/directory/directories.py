"""Made-up objects of a directory, for tests that state what holds for all of them."""

from hypothesis import strategies as st

from saasbackup_desktop.core.directory.objects import DirectoryObject, Link
from saasbackup_desktop.core.directory.schema import Kind, Nature, Trait
from saasbackup_desktop.core.stream import Json

NOISE = Trait(Nature.READ_ONLY, "set-by-the-service", is_noise=True)
GROUPS = Kind(
    id="groups",
    family="identities",
    attributes={
        "displayName": Trait(Nature.WRITABLE),
        "conditions": Trait(Nature.WRITABLE),
        "conditions.moment": NOISE,
        "renewedDateTime": NOISE,
    },
    relations={"members": Trait(Nature.WRITABLE), "heard": NOISE},
)

_texts = st.text(max_size=6) | st.sampled_from(("", "a.b", "a\\", "\\.", "\ud83d", "é", "Ω\u0000"))
names = st.sampled_from(("displayName", "conditions", "a", "b", "a.b", "a\\", ".", "\\.", "x@odata.type"))
_plain = st.none() | st.booleans() | st.integers(-2, 2) | st.floats(allow_nan=False, width=16) | _texts
values: st.SearchStrategy[Json] = st.recursive(
    _plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=8
)
properties = st.dictionaries(names, values, max_size=5)
_links = st.builds(
    Link,
    st.sampled_from(("members", "owners", "heard")),
    st.sampled_from(("1", "2", "3", "4")),
    st.sampled_from(("", "role")),
    name=st.text(max_size=2),
)
links = st.lists(_links, max_size=5).map(lambda some: tuple(sorted(set(some))))


@st.composite
def objects(draw: st.DrawFn, id: str = "7") -> DirectoryObject:
    """One group, whatever it may look like."""
    unread = draw(st.sets(st.sampled_from(("displayName", "conditions", "members", "a.b")), max_size=1))
    return DirectoryObject(
        kind=GROUPS.id,
        id=id,
        name=draw(_texts),
        properties=draw(properties),
        links=draw(links),
        unread=tuple(sorted(unread)),
    )
