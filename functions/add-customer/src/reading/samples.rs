//! Messages made up for the property tests of both forms. No test is here.

use domain::matching::fold;
use domain::message::{Attribute, Attributes, Message, Routing};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{CUSTOMER, part_of_message};

/// Characters that forms like to lose: white space, quotes, markup, accents, the last before a gap, pairs of surrogates, bidirectional marks.
const DELICATE: &str = "\t\n\r \u{85}\u{a0}\u{2028}\"'<>&;]#%\\/{}[]:,|\u{7f}éß€\u{301}\u{d7ff}\u{e000}\u{fffd}\u{200f}\u{202e}😀𐍈";

/// Values that are not blank and have no blanks around them, of characters that `holds` allows.
pub(crate) fn value(holds: fn(char) -> bool) -> impl Strategy<Value = String> {
    let delicate: Vec<char> = DELICATE.chars().collect();
    let character = prop_oneof![
        3 => proptest::char::range(' ', '~'),
        2 => select(delicate),
        1 => any::<char>(),
    ];
    vec(character.prop_filter("not in this form", move |found| holds(*found)), 1..30)
        .prop_map(|characters| String::from_iter(characters).trim().to_owned())
        .prop_filter("blank is not given", |text| !fold::is_blank(text))
}

/// Messages whose values are of characters that `holds` allows, with unknown names that match `name`.
pub(crate) fn message(
    holds: fn(char) -> bool,
    name: &'static str,
) -> impl Strategy<Value = Message> {
    let every: Vec<Attribute> = Attribute::all().collect();
    let attributes = vec((select(every), value(holds)), 0..30).prop_map(Attributes::from_iter);
    let optional = move || option::of(value(holds));
    let routing = (optional(), optional(), optional(), optional());
    let unknown = btree_set(name.prop_filter("is ours", |name| is_unknown(name)), 0..5);
    (optional(), routing, attributes, unknown).prop_map(
        |(message_type, (source, target, resp_qmgr, resp_q), attributes, unknown)| Message {
            message_type,
            routing: Routing { source, target, resp_qmgr, resp_q },
            attributes,
            unknown: unknown.into_iter().collect(),
        },
    )
}

fn is_unknown(name: &str) -> bool {
    name != CUSTOMER
        && !name.starts_with("xmlns")
        && Attribute::named(name).is_none()
        && part_of_message(&mut Message::default(), name).is_none()
}

/// What the outer element, or object, says.
pub(crate) fn outer(message: &Message) -> Vec<(&'static str, &str)> {
    let Routing { source, target, resp_qmgr, resp_q } = &message.routing;
    [
        ("type", &message.message_type),
        ("source", source),
        ("target", target),
        ("resp_qmgr", resp_qmgr),
        ("resp_q", resp_q),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    .collect()
}

/// What the customer's element, or object, says: all that is unknown included.
pub(crate) fn inner(message: &Message) -> Vec<(&str, &str)> {
    let known = message.attributes.iter().map(|(attribute, value)| (attribute.name(), value));
    let unknown = message.unknown.iter().map(|name| (name.as_str(), "x"));
    known.chain(unknown).collect()
}

/// One change of a body: at a place (of a thousand) so many bytes are taken out and these are put in.
pub(crate) type Change = (usize, usize, Vec<u8>);

/// Some changes, which put in random bytes or one of the `pieces`.
pub(crate) fn changes(pieces: &'static [&'static str]) -> impl Strategy<Value = Vec<Change>> {
    let put_in = prop_oneof![
        vec(any::<u8>(), 0..4),
        select(pieces).prop_map(|piece| piece.as_bytes().to_vec()),
    ];
    vec((0..1000usize, 0..8usize, put_in), 1..6)
}

/// The body after the changes.
pub(crate) fn changed(mut body: Vec<u8>, changes: Vec<Change>) -> Vec<u8> {
    for (place, out, put_in) in changes {
        let start = body.len() * place / 1000;
        let end = (start + out).min(body.len());
        body.splice(start..end, put_in);
    }
    body
}
