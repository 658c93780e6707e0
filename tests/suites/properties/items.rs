//! What is written is read back, whole.

use domain::by::Stamp;
use domain::customer::address::Address;
use domain::customer::contact::Phone;
use domain::customer::merge::{Absorbed, Hanging, MergedInto};
use domain::customer::{Customer, CustomerNumber, Erased, TakenNumber};
use domain::dealer::association::{DealerCustomerEffect, Origin};
use domain::dealer::{DealerProfile, DealerType};
use domain::effect::Effects;
use domain::message::edits::{EditCode, FailedEdit, Field};
use domain::message::{Action, Attribute, Message};
use domain::request::{Correction, Entry, EntryOutcome, Received, RequestInError, What};
use model::ModelTable;
use proptest::prelude::*;
use store::items::{self, Association};
use store::table::Table;
use store::writes::{Condition, Write, Written};

use crate::anything::{attributes, block, by, cause, dcn, effect, identifier, moment, text};

fn number() -> impl Strategy<Value = CustomerNumber> {
    (1..=u64::from(CustomerNumber::MAX)).prop_filter_map("nine digits", CustomerNumber::new)
}

fn phone() -> impl Strategy<Value = Phone> {
    (prop::option::of("[A-Za-z0-9_ -]{1,20}"), "[0-9][0-9 +().x-]{0,30}")
        .prop_map(|(kind, number)| Phone::parse(kind.as_deref(), &number).expect("a phone"))
}

fn customer() -> impl Strategy<Value = Customer> {
    let identity = (identifier(), number(), 1..u64::MAX, moment(), moment());
    let said = (
        attributes(),
        prop::option::of(text()),
        prop::collection::vec(phone(), 0..4),
        prop::collection::vec(block(), 0..3),
    );
    let effects = prop::collection::vec((cause(), moment()), 1..6);
    let erased = (moment(), by(), any::<[bool; 2]>()).prop_map(|(at, by, has)| {
        let secret = &local::controls::default().secret;
        let numbers = TakenNumber::ATTRIBUTES.into_iter().zip(has);
        let numbers = numbers
            .filter(|(_, has)| *has)
            .map(|(attribute, _)| TakenNumber::of(secret, attribute, "7"));
        Erased { at, by, numbers: numbers.collect() }
    });
    let written = (prop::option::of(by()), prop::option::of(erased));
    let merged_into = (identifier(), moment(), 1..u64::MAX)
        .prop_map(|(winner, at, version)| MergedInto { winner, at, version });
    let gave_up = prop::option::of(attributes())
        .prop_map(|gave_up| gave_up.filter(|attributes| !attributes.is_empty()));
    let absorbed = (identifier(), number(), gave_up)
        .prop_map(|(loser, number, gave_up)| Absorbed { loser, number, gave_up });
    let hanging = (0..60_u32, 0..9_u32).prop_map(|(customers, depth)| Hanging { customers, depth });
    let merges = (
        prop::option::of(merged_into),
        prop::collection::vec(absorbed, 0..3),
        hanging,
        any::<bool>(),
    );
    let whole = (identity, said, effects, written, merges);
    whole.prop_map(|(identity, said, mut done, (by, erased), merges)| {
        let (merged_into, absorbed, hanging, decided) = merges;
        let (identifier, number, version, created_at, updated_at) = identity;
        let (attributes, alternate_name, phones, seats) = said;
        done.sort_by_key(|(_, at)| *at);
        let mut done = done.into_iter();
        let (cause, at) = done.next().expect("one at least");
        let mut effects = Effects::created(&cause, at);
        for (cause, at) in done {
            effects.updated(&cause, &[Attribute::CITY], at);
            if decided {
                effects.made_version(&cause.id, version);
                let mut others = Effects::default();
                others.updated(&cause, &[], at);
                effects.adopt(&others, (&identifier, number));
            }
        }
        Customer {
            identifier,
            number,
            version,
            created_at,
            updated_at,
            attributes,
            alternate_name,
            phones,
            seats,
            effects,
            by,
            erased,
            merged_into,
            absorbed,
            hanging,
        }
    })
}

fn failed() -> impl Strategy<Value = Vec<FailedEdit>> {
    let attribute = prop::sample::select(Attribute::all().collect::<Vec<_>>());
    let code = prop::sample::select(EditCode::ALL.to_vec());
    let edit = (attribute, code).prop_map(|(attribute, code)| FailedEdit::on(attribute, code));
    prop::collection::vec(edit, 0..5)
}

fn correction() -> impl Strategy<Value = Correction> {
    let field = prop::sample::select(Attribute::all().map(Field::Attribute).collect::<Vec<_>>());
    prop::collection::vec((field, prop::option::of(text())), 0..4).prop_map(|changes| {
        let mut correction = Correction::default();
        for (field, value) in changes {
            correction.set(field, value);
        }
        correction
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    let what = prop_oneof![
        Just((What::Corrected, None)),
        Just((What::Tried, Some(EntryOutcome::Failure(Action::Add)))),
        Just((What::Tried, Some(EntryOutcome::Failure(Action::Change)))),
        Just((What::Tried, Some(EntryOutcome::Duplicate))),
        Just((What::Deleted, None)),
        Just((What::Assigned, None)),
        Just((What::Noted, None)),
        Just((What::Reopened, None)),
        number().prop_map(|number| (What::Resolved, Some(EntryOutcome::Created(number)))),
        number().prop_map(|number| (What::Resolved, Some(EntryOutcome::Updated(number)))),
        number().prop_map(|number| (What::Resolved, Some(EntryOutcome::Unchanged(number)))),
    ];
    let written = prop::option::of(text());
    (moment(), text(), what, failed(), correction(), written, effect()).prop_map(
        |(at, who, (what, outcome), failed, correction, text, effect)| Entry {
            text,
            at,
            who,
            what,
            outcome,
            failed,
            correction,
            effect,
        },
    )
}

fn request_in_error() -> impl Strategy<Value = RequestInError> {
    let received =
        (text(), any::<String>()).prop_map(|(content_type, body)| Received { content_type, body });
    let message =
        (prop::option::of(text()), attributes()).prop_map(|(message_type, attributes)| Message {
            message_type,
            attributes,
            ..Message::default()
        });
    let history = prop::collection::vec(entry(), 0..4);
    (received, message, failed(), by(), cause(), moment(), history).prop_map(
        |(received, message, failed, by, cause, at, history)| {
            let stamp = Stamp { by, cause, at };
            let mut request =
                RequestInError::open(received, message, (Action::Add, failed), &stamp);
            for entry in history {
                request = request.after(entry, &stamp.by).expect("a short history");
            }
            request
        },
    )
}

fn profile() -> impl Strategy<Value = DealerProfile> {
    let address = prop::option::of(prop::array::uniform7(text()).prop_map(Address::from_values));
    let phones = prop::collection::vec(phone(), 0..4);
    ("[A-Z][A-Z _]{0,19}", prop::option::of(text()), prop::option::of(text()), address, phones)
        .prop_map(|(dealer_type, business_name, alternate_name, address, phones)| DealerProfile {
            dealer_type: DealerType::parse(&dealer_type).unwrap_or_default(),
            business_name,
            alternate_name,
            address,
            email: None,
            phones,
        })
}

proptest! {
    #[test]
    fn a_customer_is_read_back(customer in customer()) {
        let item = items::customer_item(&customer);
        prop_assert_eq!(items::customer(item).expect("our own item"), customer);
    }

    #[test]
    fn a_request_in_error_is_read_back(request in request_in_error()) {
        let item = items::request_in_error_item(&request);
        prop_assert!(items::request_in_error(item).expect("our own item") == request);
    }

    #[test]
    fn an_attribute_of_a_newer_release_is_passed_over_and_stays_when_the_item_is_written(customer in customer(), name in "newer_[a-z]{1,12}", value in text()) {
        let (key, version) = (store::keys::customer(&customer.identifier), customer.version);
        let mut item = items::customer_item(&customer);
        item.insert(name.clone(), aws_sdk_dynamodb::types::AttributeValue::S(value));
        prop_assert_eq!(items::customer(item.clone()).expect("a newer release's item"), customer.clone());
        let table = ModelTable::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let rewritten = runtime.block_on(async {
            let put = Write::Put { item: item.clone(), on: Condition::Absent };
            let rewrite = items::rewrite_customer(version, &customer);
            for write in [put, rewrite] {
                assert!(matches!(table.write(&write).await, Ok(Written::Done(_))));
            }
            table.get(&key).await
        });
        prop_assert_eq!(rewritten.expect("an answer"), Some(item));
    }

    #[test]
    fn a_dealer_customer_is_associated_released_and_read_back(
        dcn in dcn(), profile in profile(), holder in identifier(), cause in cause(), other in cause(), by in by(), at in moment()
    ) {
        prop_assume!(cause.id != other.id);
        let table = ModelTable::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let item = |write| runtime.block_on(async {
            let key = store::keys::dealer_customer(&dcn);
            table.write(&write).await.expect("an answer");
            table.get(&key).await.expect("an answer").expect("it was written")
        });
        let origin = Origin::Given;
        let association = Association { dcn: &dcn, profile: &profile, organization: &holder, origin: &origin };
        let written = item(items::associate(association, &Stamp { by: by.clone(), cause: cause.clone(), at }));
        let record = items::dealer_customer(written).expect("our own item");
        prop_assert_eq!(record.dealer_customer.organization.as_ref(), Some(&holder));
        prop_assert_eq!(&record.dealer_customer.dcn, &dcn);
        prop_assert!(record.dealer_customer.profile == profile);
        let organization = holder.clone();
        let done = DealerCustomerEffect::Associated { organization, origin };
        prop_assert_eq!(record.effect_of(&cause.id), Some(&done));

        let released = item(items::release(&record, &holder, &Stamp { by: by.clone(), cause: other.clone(), at }));
        let record = items::dealer_customer(released).expect("our own item");
        prop_assert_eq!(record.dealer_customer.organization.as_ref(), None);
        prop_assert!(record.dealer_customer.profile == profile);
        prop_assert_eq!(record.effect_of(&other.id), Some(&DealerCustomerEffect::Released));
    }
}
