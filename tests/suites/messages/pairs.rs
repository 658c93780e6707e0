//! Pairs of customers with the judgement of the rules on them: the same, or not. Each pair is judged in both orders.

use crate::fixture::Fixture;
use crate::message::{FORMS, Form, Message, julie};

/// What one of a pair says in place of Julie Robinson's own.
type Says = &'static [(&'static str, &'static str)];

/// Both of a pair, and whether they are the same customer.
const PAIRS: &[(Says, Says, bool)] = &[
    // Accents, case, forms of one letter.
    (&[("cst_lname", "Robinsón")], &[("cst_lname", "ROBINSON")], true),
    (&[("cst_lname", "Müller")], &[("cst_lname", "Mu\u{308}ller")], true),
    (&[("cst_lname", "Straße")], &[("cst_lname", "STRASSE")], true),
    (&[("cst_lname", "Müller")], &[("cst_lname", "Mueller")], false),
    (&[("cst_lname", "Ｒｏｂｉｎｓｏｎ")], &[], true),
    (&[("cst_city", "westborough")], &[("cst_city", "WESTBOROUGH")], true),
    (&[("cst_state", "ma")], &[], true),
    (&[("cst_country", "us")], &[], true),
    (&[("cst_country", "United States"), ("cst_state", "Massachusetts")], &[], true),
    (&[("cst_zip", "US-01581")], &[], true),
    // Punctuation and blanks.
    (&[("cst_lname", "O'Brien")], &[("cst_lname", "OBrien")], true),
    (&[("cst_lname", "O’Brien")], &[("cst_lname", "O'Brien")], true),
    (&[("cst_lname", "O Brien")], &[("cst_lname", "OBrien")], false),
    (&[("cst_lname", "Smith-Jones")], &[("cst_lname", "SmithJones")], false),
    (&[("cst_lname", "Smith-Jones")], &[("cst_lname", "Smith Jones")], true),
    (&[("cst_lname", "Smith  Jones")], &[("cst_lname", " Smith Jones ")], true),
    (&[("cst_lname", "Smith\u{a0}Jones")], &[("cst_lname", "Smith Jones")], true),
    (&[("cst_lname", "Smith & Jones")], &[("cst_lname", "Smith Jones")], true),
    (&[("cst_city", "St. Louis")], &[("cst_city", "St Louis")], true),
    (&[("cst_city", "St. Louis")], &[("cst_city", "Saint Louis")], false),
    // Roadway words.
    (&[("cst_street_addr", "100 Example St.")], &[("cst_street_addr", "100 Example Street")], true),
    (&[("cst_street_addr", "100 Example St")], &[("cst_street_addr", "100 Example")], true),
    (&[("cst_street_addr", "100 Example Rd.")], &[("cst_street_addr", "100 Example Street")], true),
    (
        &[("cst_street_addr", "100 EXAMPLE, PKWY")],
        &[("cst_street_addr", "100 Example Parkway")],
        true,
    ),
    (&[("cst_street_addr", "100  Example  Street")], &[], true),
    (
        &[("cst_street_addr", "100 Example Lane Street")],
        &[("cst_street_addr", "100 Example Lane")],
        false,
    ),
    (
        &[("cst_street_addr", "100 Example Street North")],
        &[("cst_street_addr", "100 Example North")],
        false,
    ),
    (&[("cst_street_addr", "100 Example Alley")], &[("cst_street_addr", "100 Example")], false),
    (&[("cst_street_addr", "Street Road")], &[("cst_street_addr", "Street")], true),
    (&[("cst_street_addr", "Street")], &[("cst_street_addr", "Road")], false),
    (&[("cst_street_addr", "Street")], &[("cst_street_addr", "")], false),
    (
        &[("cst_street_addr", "100 Example Street")],
        &[("cst_street_addr", "100 Examples Street")],
        false,
    ),
    (&[("cst_street_addr", "5th Avenue")], &[("cst_street_addr", "5th Street")], false),
    (&[("cst_addr_line_2", "Building 2 Way")], &[("cst_addr_line_2", "Building 2")], true),
    (&[("cst_addr_line_2", "Building 2 Way")], &[("cst_addr_line_2", "Building 3 Way")], false),
    (&[("cst_apt", "5 Street")], &[("cst_apt", "5")], false),
    (&[("cst_city", "Union Square")], &[("cst_city", "Union")], false),
    // Blank equals only blank.
    (&[], &[], true),
    (&[("cst_apt", "")], &[("cst_apt", " ")], true),
    (&[("cst_apt", "!")], &[("cst_apt", "")], true),
    (&[("cst_apt", "\u{200b}")], &[("cst_apt", "")], true),
    (&[("cst_apt", "5")], &[("cst_apt", "")], false),
    (&[("cst_addr_line_2", "Rear")], &[], false),
    (&[("cst_company_name", "Acme")], &[], false),
    (&[("cst_street_addr", "")], &[("cst_street_addr", "")], true),
    // What is in the match code counts as far as its positions go.
    (&[("cst_zip", "01581-1234")], &[("cst_zip", "01581")], true),
    (&[("cst_zip", "01582")], &[("cst_zip", "01581")], false),
    (&[("cst_company_name", "Acme Mining")], &[("cst_company_name", "ACME Mining.")], true),
    (&[("cst_company_name", "Acme Mining")], &[("cst_company_name", "Acme Milling")], false),
    (&[("cst_lname", ""), ("cst_company_name", "Robinson")], &[], false),
    // What is not compared does not count.
    (&[("cst_fname", "Juliette")], &[("cst_fname", "")], true),
    (&[("cst_email", "a@b.c")], &[("cst_email", "d@e.f")], true),
    (&[("cst_day_phone", "1")], &[("cst_day_phone", "2")], true),
    (&[("cst_addr_line_3", "Floor 3")], &[("cst_addr_line_3", "Floor 4")], true),
    // Scripts without case or marks.
    (&[("cst_lname", "山田")], &[("cst_lname", "山田")], true),
    (&[("cst_lname", "山田")], &[("cst_lname", "山口")], false),
    (&[("cst_lname", "Ιωάννου")], &[("cst_lname", "ΙΩΑΝΝΟΥ")], true),
    (&[("cst_lname", "Ёлкин")], &[("cst_lname", "Елкин")], true),
    (&[("cst_lname", "ガ")], &[("cst_lname", "カ\u{3099}")], true),
];

/// Whether the second finds the first.
async fn finds(stand: &Fixture, form: Form, first: &Message, second: &Message) -> bool {
    stand.tell(form, first).await.created();
    let second = second.clone().with("cst_duplicate", "Y");
    let told = stand.tell(form, &second).await;
    assert!([201, 409].contains(&told.status), "{}", told.answer);
    told.status == 409
}

#[tokio::test]
async fn pairs_are_judged_as_the_rules_say_in_both_orders() {
    let companies: Vec<String> = (0..2 * PAIRS.len()).map(|company| company.to_string()).collect();
    let stand = Fixture::with(&[("COMPANIES", &companies.join(","))]).await;
    let mut wrong = Vec::new();
    for (index, (one, other, same)) in PAIRS.iter().enumerate() {
        let form = FORMS[index % FORMS.len()];
        let (one, other) = (julie().with_all(one), julie().with_all(other));
        for (order, first, second) in [(0, &one, &other), (1, &other, &one)] {
            // Companies share no customers, so that all pairs fit one table.
            let company = (2 * index + order).to_string();
            let first = first.clone().with("cst_company", &company);
            let second = second.clone().with("cst_company", &company);
            if finds(&stand, form, &first, &second).await != *same {
                wrong.push(format!(
                    "{:?} is not judged {same} for {:?}",
                    PAIRS[index].0, PAIRS[index].1
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn companies_are_worlds_of_their_own_and_their_numbers_may_have_zeros_before_them() {
    let stand = Fixture::with(&[("COMPANIES", "7,8")]).await;
    let add = |company: &str| julie().with_all(&[("cst_duplicate", "Y"), ("cst_company", company)]);
    let number = stand.add(&add("007")).await.created().number();
    for same in ["7", "0007", ""] {
        assert_eq!(stand.add(&add(same)).await.duplicates(), [&*number]);
    }
    let other = stand.add(&add("8")).await.created();
    assert_eq!(other.text("cst_company"), "8");
    assert_eq!(stand.stored_attributes(&number).await["cst_company"], "7");
}
