//! What an update makes of a customer's attributes: given ones replace, others are kept or, where the default customer (control I90) says so, blanked.

use crate::message::{Attribute, Attributes};

/// The attributes that an update leads to. `default_customer` holds the attributes of the customer that control I90 names, where there is one.
pub fn merge(
    existing: &Attributes,
    given: &Attributes,
    default_customer: Option<&Attributes>,
) -> Attributes {
    let mut merged = existing.clone();
    for (attribute, _) in existing.iter() {
        let blanked = default_customer.is_some_and(|defaults| defaults.get(attribute).is_none());
        if blanked && !never_blanked(attribute) {
            merged.remove(attribute);
        }
    }
    for (attribute, value) in kept(given).iter() {
        merged.set(attribute, value);
    }
    merged
}

/// The attributes of a message that a customer keeps: all but those that steer the message, and the customer number, which is the record's own.
pub fn kept(given: &Attributes) -> Attributes {
    given
        .iter()
        .filter(|(attribute, _)| !attribute.steers() && *attribute != Attribute::CUSTOMER_NUMBER)
        .collect()
}

fn never_blanked(attribute: Attribute) -> bool {
    matches!(
        attribute,
        Attribute::COMPANY
            | Attribute::CUSTOMER_NUMBER
            | Attribute::ALTERNATE_NUMBER
            | Attribute::RELATE_ID
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(pairs: &[(Attribute, &str)]) -> Attributes {
        pairs.iter().map(|(attribute, value)| (*attribute, *value)).collect()
    }

    #[test]
    fn given_attributes_replace_and_others_are_kept() {
        let existing =
            attributes(&[(Attribute::LAST_NAME, "Robinson"), (Attribute::CITY, "Westborough")]);
        let given = attributes(&[
            (Attribute::CITY, "Boston"),
            (Attribute::DUPLICATE, "S"),
            (Attribute::CUSTOMER_NUMBER, "7"),
        ]);
        assert_eq!(
            merge(&existing, &given, None),
            attributes(&[(Attribute::LAST_NAME, "Robinson"), (Attribute::CITY, "Boston")])
        );
    }

    #[test]
    fn what_the_default_customer_leaves_empty_is_blanked_but_never_company_numbers_or_relate_id() {
        let existing = attributes(&[
            (Attribute::COMPANY, "1"),
            (Attribute::RELATE_ID, "R"),
            (Attribute::ALTERNATE_NUMBER, "A"),
            (Attribute::LAST_NAME, "Robinson"),
            (Attribute::MAIL_CODE, "M"),
            (Attribute::CALL_CODE, "C"),
        ]);
        let defaults =
            attributes(&[(Attribute::LAST_NAME, "Default"), (Attribute::CALL_CODE, "D")]);
        let mut expected = existing.clone();
        expected.remove(Attribute::MAIL_CODE);
        assert_eq!(merge(&existing, &Attributes::default(), Some(&defaults)), expected);
    }
}
