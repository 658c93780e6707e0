//! The same party, whichever door it comes through: businesses with and without a contact, persons, and those who give a placeholder in place of a name, a street or an
//! e-mail address. What a read shows, sent back, finds what was read.

use api::call::IDEMPOTENCY_KEY;
use serde_json::{Value, json};

use crate::fixture::{Fixture, acme_as, changed, identifier};
use crate::message::{FORMS, Message, checked, julie};

const NOTHING_COMPARED: &str = "nothing was compared: what stands in place of a name, a street or an e-mail address is a placeholder";

/// Acme Mining at the worked address, with this contact.
fn acme_with(first_name: &str, last_name: &str) -> Message {
    let contact = [("cst_fname", first_name), ("cst_lname", last_name)];
    julie().with("cst_company_name", "Acme Mining").with_all(&contact)
}

/// What a dealer sends of a customer that it has been shown.
async fn as_shown(stand: &Fixture, organization: &str, number: &str) -> Value {
    let shown = stand.get(&format!("/customer-organizations/{organization}"));
    let shown = shown.send().await.is(200);
    let body = changed(acme_as("TD68", number), "businessName", shown["businessName"].clone());
    changed(body, "address", shown["address"].clone())
}

fn organization(told: &Value) -> String {
    identifier(told)
}

#[tokio::test]
async fn a_dealer_finds_a_business_whatever_its_contact_and_a_message_with_any_contact_that_of_a_dealer()
 {
    let stand = Fixture::new().await;
    let added = stand.add(&acme_with("Pat", "Doe")).await.created();
    let found = organization(&added.body);
    let answer = stand.associate(&as_shown(&stand, &found, "1").await).await.is(201);
    assert_eq!(
        (&answer["customerOrganization"], identifier(&answer)),
        (&json!("matched"), found.clone())
    );

    let stand = Fixture::new().await;
    let made = identifier(&stand.associate(&acme_as("TD68", "1")).await.is(201));
    let told = stand.add(&acme_with("Pat", "Doe").with("cst_duplicate", "Y")).await;
    let [number] = &told.duplicates()[..] else { panic!("one") };
    assert_eq!(stand.stored(number).await["customerOrganizationIdentifier"], *made);
    // An `S` sent twice finds what it updated, which now has that contact; another contact is another customer.
    for _ in 0..2 {
        let update = acme_with("Pat", "Doe").with("cst_duplicate", "S");
        assert_eq!(stand.add(&update).await.updated().number(), *number);
    }
    stand.add(&acme_with("Kim", "Roe").with("cst_duplicate", "Y")).await.created();
}

#[tokio::test]
async fn of_several_that_differ_in_their_contact_a_dealer_means_the_one_without() {
    let stand = Fixture::new().await;
    let doe = organization(&stand.add(&acme_with("Pat", "Doe")).await.created().body);
    let roe = organization(&stand.add(&acme_with("Kim", "Roe")).await.created().body);
    let refused = stand.associate(&acme_as("TD68", "1")).await;
    let problem = refused.is_problem(409, "ambiguous-customer-organization");
    assert_eq!(problem["candidates"], json!([roe, doe]));
    for nobody in [("", ""), ("", "N/A"), ("Acme", "Mining")] {
        let stand = Fixture::new().await;
        stand.add(&acme_with("Pat", "Doe")).await.created();
        stand.add(&acme_with("Kim", "Roe")).await.created();
        let alone = organization(&stand.add(&acme_with(nobody.0, nobody.1)).await.created().body);
        let answer = stand.associate(&acme_as("TD68", "1")).await.is(201);
        assert_eq!(identifier(&answer), alone, "{nobody:?} is no contact");
    }
}

#[tokio::test]
async fn a_person_is_found_under_the_name_that_a_dealer_is_shown_and_the_other_way_round() {
    for (first_name, last_name) in
        [("Julie", "Robinson"), ("", "Robinson"), ("Ana María", "O'Brien"), ("三", "張")]
    {
        let stand = Fixture::new().await;
        let name = [("cst_fname", first_name), ("cst_lname", last_name), ("cst_prefix", "Dr")];
        let person = julie().with_all(&name).with("cst_suffix", "Jr");
        let found = organization(&stand.add(&person).await.created().body);
        let shown = as_shown(&stand, &found, "1").await;
        let answer = stand.associate(&shown).await.is(201);
        assert_eq!(
            (&answer["customerOrganization"], identifier(&answer)),
            (&json!("matched"), found),
            "{shown}"
        );

        let stand = Fixture::new().await;
        let made = identifier(&stand.associate(&shown).await.is(201));
        let number = &stand.add(&person.with("cst_duplicate", "Y")).await.duplicates()[0];
        assert_eq!(stand.stored(number).await["customerOrganizationIdentifier"], *made, "{shown}");
    }
}

#[tokio::test]
async fn what_a_read_shows_finds_what_was_read_through_both_doors() {
    let stand = Fixture::new().await;
    let mut chance = fastrand::Rng::with_seed(15);
    let names = [
        "Robinson",
        "O’Brien",
        "Nguyễn",
        "Sørensen",
        "Müller-Lüdenscheidt",
        "Зайцев",
        "محمد علي",
        "王小明",
        "さくら商事",
        "김민수",
        "रमेश",
        "สมชาย",
        "Παπαδόπουλος",
        "כהן",
        "Smith & Sons, Inc.",
        "7-Eleven",
        "½ Price",
        "C++ Shop",
        "A.B.C.",
        "İstanbul",
    ];
    let streets = [
        "1/23 High Street",
        "12-14 Oak Ct.",
        "5½ Mill Road",
        "銀座１－２－３",
        "ул. Ленина, 5",
        "شارع الملك ١٢",
        "Street",
        "P.O. Box 77",
        "",
    ];
    let places = [
        ("USA", "MA", "015811234"),
        ("Deutschland", "", "D-10115"),
        ("LV", "", "1010"),
        ("JPN", "東京都", "100-0001"),
        ("UK", "", "sw1a1aa"),
        ("IND", "TG", "500001"),
        ("CHN", "31", "200000"),
        ("SAU", "", "١٢٣٤٥"),
        ("THA", "", "๑๐๑๕๐"),
        ("CAN", "on", "K1A-0B1"),
    ];
    for index in 0..120 {
        let (name, other) =
            (*chance.choice(&names).expect("one"), *chance.choice(&names).expect("one"));
        let first = ["Julie", "", "Ana María"][index % 3];
        let form = match index % 4 {
            0 => [("cst_fname", first), ("cst_lname", name), ("cst_company_name", "")],
            1 => [("cst_fname", ""), ("cst_lname", ""), ("cst_company_name", name)],
            2 => [("cst_fname", first), ("cst_lname", other), ("cst_company_name", name)],
            _ => [
                ("cst_fname", "Julie"),
                ("cst_lname", "Robinson"),
                ("cst_company_name", "Julie Robinson"),
            ],
        };
        let (country, state, postal_code) = *chance.choice(&places).expect("one");
        let place = [
            ("cst_street_addr", *chance.choice(&streets).expect("one")),
            ("cst_apt", if chance.bool() { "5" } else { "" }),
            ("cst_country", country),
            ("cst_state", state),
            ("cst_zip", postal_code),
            // Each in a town of its own, so that all fit one table.
            ("cst_city", &format!("Town {index}")),
        ];
        let message = julie().with_all(&form).with_all(&place);
        let added = stand.tell(FORMS[index % 2], &message).await.created();
        let (number, organization) = (added.number(), organization(&added.body));
        let stored = stand.stored_attributes(&number).await;
        let mut again = Message::of(&[]);
        for (name, value) in stored.as_object().expect("attributes") {
            if name != "cst_cust_nbr" {
                again = again.with(name, value.as_str().expect("a text"));
            }
        }
        let told = stand.tell(FORMS[(index + 1) % 2], &again.with("cst_duplicate", "Y")).await;
        assert_eq!(told.duplicates(), [number], "{stored}");
        let shown = as_shown(&stand, &organization, &index.to_string()).await;
        let answer = stand.associate(&shown).await;
        assert_eq!(answer.status, 201, "{shown}: {answer}");
        assert_eq!(answer.json()["customerOrganization"], "matched", "{shown}");
        assert_eq!(identifier(&answer.json()), organization, "{shown}");
    }
}

/// Names as their readers write them in two ways, and whether the rules take them for one.
const WRITTEN: &[(&str, &str, bool)] = &[
    // Latin
    ("Işık", "IŞIK", true),
    ("İpek", "Ipek", true),
    ("Groß", "GROẞ", true),
    ("Ĳsselstein", "IJsselstein", true),
    ("Wałęsa", "Walesa", true),
    ("Đặng Thị Hương", "Dang Thi Huong", true),
    ("Þórður", "Thordur", true),
    ("Ștefan", "Ştefan", true),
    ("Keʻala", "Ke'ala", true),
    ("Ħal Għaxaq", "Hal Ghaxaq", true),
    ("𝐒𝐦𝐢𝐭𝐡", "Smith", true),
    ("Œuvre", "Oeuvre", true),
    ("Müller", "Mueller", false),
    // Greek
    ("Ἀλέξανδρος", "ΑΛΕΞΑΝΔΡΟΣ", true),
    ("Γιάννης", "ΓΙΑΝΝΗΣ", true),
    ("Γιάννης", "Γιάννη", false),
    // Cyrillic
    ("Щёголев", "ЩЕГОЛЕВ", true),
    ("Пу́шкин", "Пушкин", true),
    ("Марʼяна", "Мар’яна", true),
    ("Їжак", "Іжак", false),
    ("Ґалаґан", "Галаган", false),
    ("Ўладзімір", "Уладзімір", false),
    ("Ѓорѓи", "Горги", false),
    ("Қанат", "Канат", false),
    // Armenian and Georgian
    ("Արամ Խաչատրյան", "ԱՐԱՄ ԽԱՉԱՏՐՅԱՆ", true),
    ("Սևակ", "Սեւակ", true),
    ("გიორგი", "ᲒᲘᲝᲠᲒᲘ", true),
    // Hebrew and Arabic
    ("שָׁלוֹם", "שלום", true),
    ("צ׳רלי", "צ'רלי", true),
    ("צה״ל", "צה\"ל", true),
    ("أحمد", "احمد", true),
    ("ﻣﺤﻤﺪ", "محمد", true),
    ("علی\u{200c}رضا", "علیرضا", true),
    ("فاطمة", "فاطمه", false),
    // Indic, Thai, Khmer
    ("ज़ाकिर", "ज\u{93c}ाकिर", true),
    ("ज़ाकिर", "जाकिर", false),
    ("রহিম", "রহমি", false),
    ("தமிழ்", "தமிழ", false),
    ("น้ำ", "น\u{e49}\u{e4d}า", true),
    ("สมชาย", "สมชัย", false),
    ("សុខ", "សខ", false),
    // Han, kana, Hangul
    ("ﾀｶﾀﾞ商事", "タカダ商事", true),
    ("神田", "神田", true),
    ("髙橋", "高橋", false),
    ("はなこ", "ハナコ", false),
    ("ハハ", "ババ", false),
    ("Ａ＆Ｂ商会", "A&B商会", true),
    ("김민수", "\u{1100}\u{1175}\u{11b7}\u{1106}\u{1175}\u{11ab}\u{1109}\u{116e}", true),
    ("김민수", "김민서", false),
    ("株式会社さくら", "㈱さくら", false),
];

#[tokio::test]
async fn names_of_every_script_are_judged_alike_at_both_doors_and_both_ways_round() {
    let stand = Fixture::new().await;
    let mut wrong = Vec::new();
    let mut dealers = 0;
    for (index, (one, other, same)) in WRITTEN.iter().enumerate() {
        for (order, (first, second)) in [(one, other), (other, one)].into_iter().enumerate() {
            let mut judge = |door: &str, found: bool| {
                if found != *same {
                    wrong.push(format!("{door}: {first} then {second} are not judged {same}"));
                }
            };
            // Each in a town of its own, so that all fit one table.
            let town = format!("Town {index} {order}");
            let person =
                |name: &str| checked("Y").with_all(&[("cst_lname", name), ("cst_city", &town)]);
            stand.tell(FORMS[order], &person(first)).await.created();
            judge("persons", stand.add(&person(second)).await.status == 409);
            let mut business = |name: &str| {
                dealers += 1;
                let body =
                    changed(acme_as("TD68", &dealers.to_string()), "businessName", json!(name));
                changed(body, "address/city", json!(format!("{town} of dealers")))
            };
            stand.associate(&business(first)).await.is(201);
            let answer = stand.associate(&business(second)).await.is(201);
            judge("dealers", answer["customerOrganization"] == "matched");
            let company = |name: &str| {
                let company = [("cst_company_name", name), ("cst_fname", ""), ("cst_lname", "")];
                checked("Y").with_all(&company).with("cst_city", &format!("{town} of dealers"))
            };
            let found = stand.add(&company(second)).await.duplicates();
            assert_eq!(found.len(), 1, "{second} is one, after {first}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn a_placeholder_makes_nobody_one_and_the_answer_says_that_nothing_was_compared() {
    let placeholders: &[(&str, &str)] = &[
        ("cst_lname", "Unknown"),
        ("cst_lname", "N/A"),
        ("cst_lname", "???"),
        ("cst_lname", "walk in"),
        ("cst_street_addr", "xxx"),
        ("cst_street_addr", "n.a. / none"),
    ];
    let by_default = Fixture::new().await;
    for (index, (attribute, value)) in placeholders[..5].iter().enumerate() {
        for check in ["S", "A", "Y"] {
            let apartment = format!("{index}{check}");
            let ann = checked(check).with_all(&[
                (attribute, value),
                ("cst_fname", "Ann"),
                ("cst_apt", &apartment),
            ]);
            let first = by_default.add(&ann).await.created();
            assert_eq!(first.body["warnings"], json!([NOTHING_COMPARED]), "{value}");
            let second = by_default.add(&ann.clone().with("cst_fname", "Bob")).await.created();
            assert_ne!(first.number(), second.number(), "{value}");
            assert_eq!(by_default.stored_attributes(&first.number()).await["cst_fname"], "Ann");
            let unchecked = by_default.add(&ann.with("cst_duplicate", "N")).await.created();
            assert_eq!(unchecked.body.get("warnings"), None, "nothing was asked for");
        }
    }
    let (attribute, value) = placeholders[5];
    let own = Fixture::with(&[("GENERIC_VALUES", "streets=n.a. none;names=")]).await;
    let nowhere = checked("Y").with(attribute, value);
    own.add(&nowhere).await.created();
    own.add(&nowhere).await.created();
    let unknown = checked("Y").with("cst_lname", "Unknown");
    let number = own.add(&unknown).await.created().number();
    assert_eq!(own.add(&unknown).await.duplicates(), [number], "the list of names is empty");
}

#[tokio::test]
async fn an_email_address_that_is_nobodys_makes_nobody_one_where_it_is_compared() {
    let nobody = ("cst_email", "none@example.com");
    let controls =
        [("EXACT_MATCH", "last_name,email"), ("GENERIC_VALUES", "contacts=none@example.com")];
    let stand = Fixture::with(&controls).await;
    for _ in 0..2 {
        let message = checked("S").with(nobody.0, "NONE@example.com");
        assert_eq!(stand.add(&message).await.created().body["warnings"], json!([NOTHING_COMPARED]));
    }
    let with_own = checked("S").with("cst_email", "julie@example.com");
    let number = stand.add(&with_own).await.created().number();
    assert_eq!(stand.add(&with_own).await.updated().number(), number);
    // A phone is not compared, and what nobody compares makes nobody one.
    let stand = Fixture::with(&controls[1..]).await;
    let message = checked("Y").with_all(&[nobody, ("cst_day_phone", "N/A")]);
    let number = stand.add(&message).await.created().number();
    let told = stand.add(&message).await;
    assert_eq!(told.body.get("warnings"), None, "the e-mail address is not compared");
    assert_eq!(told.duplicates(), [number]);
    let other = message.with_all(&[("cst_lname", "Dryer")]);
    stand.add(&other).await.created();
}

#[tokio::test]
async fn a_dealers_placeholder_makes_nobody_one_and_the_answer_says_so() {
    let stand = Fixture::new().await;
    for (dealer, path, value) in
        [("TD68", "businessName", "N/A"), ("TD69", "address/line1", "Unknown")]
    {
        let body = |number: &str| changed(acme_as(dealer, number), path, json!(value));
        let mut found = Vec::new();
        for number in ["1", "2"] {
            let foreseen = stand.try_to_associate(&body(number)).await.is(201);
            let answer = stand.associate(&body(number)).await.is(201);
            assert_eq!(answer["customerOrganization"], "created", "{path}");
            assert_eq!(answer["warnings"], json!([NOTHING_COMPARED]), "{path}");
            assert_eq!(foreseen["warnings"], answer["warnings"]);
            found.push(identifier(&answer));
        }
        assert_ne!(found[0], found[1]);
        // Who names the customer asks for no comparison.
        let named = changed(body("3"), "customerOrganizationIdentifier", json!(found[0]));
        assert_eq!(stand.associate(&named).await.is(201).get("warnings"), None, "{path}");
    }
}

#[tokio::test]
async fn an_update_of_a_duplicate_names_what_had_another_value() {
    for (form, check) in FORMS.into_iter().zip(["S", "A"]) {
        let stand = Fixture::new().await;
        let first = checked("Y")
            .with_all(&[("cst_email", "julie@example.com"), ("cst_job_title", "Geologist")]);
        let number = stand.tell(form, &first).await.created().number();
        let update = checked(check).with_all(&[
            ("cst_fname", "Juliette"),
            ("cst_email", "juliette@example.com"),
            ("cst_job_title", "Geologist"),
            ("cst_vat_nbr", "V-1"),
        ]);
        let request = || stand.message(form, &update).header(IDEMPOTENCY_KEY, "SO-10023/4");
        for replayed in [false, true] {
            let told = crate::message::MessageAnswer::of(request().send().await).updated();
            assert_eq!((told.number(), told.replayed()), (number.clone(), replayed));
            let named = json!(["cst_fname had another value", "cst_email had another value"]);
            assert_eq!(told.body["warnings"], named, "{check}");
        }
        assert_eq!(
            stand.tell(form, &update).await.updated().body.get("warnings"),
            None,
            "nothing is left to replace"
        );
    }
}
