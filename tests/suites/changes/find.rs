//! Finding customers: by everything by which they are known, and formerly were.

use serde_json::{Value, json};

use crate::world::{World, person, with};

#[tokio::test]
async fn a_customer_is_found_by_everything_that_it_is_known_by() {
    let world = World::new().await;
    let julie = with(
        person("Julie", "Robinson"),
        &json!({
            "cst_email": "Julie@Robinson.example", "cst_day_phone": "+1 (508) 555-0100", "cst_interface_cust_nbr": "ALT-1", "cst_relate_id": "REL-1"
        }),
    );
    let number = world.add(&julie).await;
    world.add(&person("Bob", "Dryer")).await;
    let acme = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "A-1", "businessName": "Northern Quarry Ltd", "phones": ["508 555 0199"],
        "address": { "line1": "9 Mill Road", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" }
    });
    let identifier =
        world.master.associate(&acme).await.is(201)["customerOrganizationIdentifier"].clone();
    let organization = identifier.as_str().expect("an identifier");
    let organization = world.get(&format!("/customer-organizations/{organization}")).await;
    let business = organization["customerNumber"].as_str().expect("a number");
    world.follow().await;

    for (asked, expected) in [
        ("name=robinson", number.as_str()),
        ("name=julie%20robinson", &number),
        ("name=ROBINS", &number),
        ("name=rob&postalCode=01581", &number),
        ("email=julie@robinson.example", &number),
        ("phone=508-555-0100", &number),
        ("phone=%28508%29%205550100%20x7", &number),
        (&format!("number={number}"), &number),
        ("alternateNumber=ALT-1", &number),
        ("relateId=REL-1", &number),
        ("name=robinson&email=julie@robinson.example&relateId=REL-1&company=1", &number),
        ("name=quarry", business),
        ("name=north%20quarry&postalCode=01581", business),
        ("phone=5085550199", business),
        ("dcn=TD68%7CA-1", business),
        ("dcn=TD68%7CA-1&name=quarry", business),
    ] {
        let found = world.found_whole(asked).await;
        assert_eq!(found.len(), 1, "{asked}: {found:?}");
        assert_eq!(found[0]["customerNumber"], *expected, "{asked}");
        assert_eq!(found[0]["formerly"], false, "{asked}");
    }
    for asked in [
        "name=obinson",
        "name=julie",
        "name=robinson%20bob",
        "name=robinson&postalCode=01582",
        "name=robinson&company=2",
        "email=julie@robinson.example&phone=5085550199",
        "number=999999999",
        "alternateNumber=alt-1",
        "relateId=ALT-1",
        "dcn=TD68%7CA-2",
        &format!("number={number}&dcn=TD68%7CA-1"),
    ] {
        assert_eq!(world.found(asked).await, Vec::<String>::new(), "{asked}");
    }
    let found = world.found_whole("name=robinson&phone=5085550100").await;
    assert_eq!(found[0]["foundBy"], json!(["name", "phone"]));
    assert_eq!(found[0]["name"], "Julie Robinson");
    assert_eq!(found[0]["address"]["postalCode"], "01581");
}

#[tokio::test]
async fn a_former_value_finds_and_says_so_and_a_value_of_another_does_not() {
    let world = World::new().await;
    let julie = with(
        person("Julie", "Robinson"),
        &json!({ "cst_email": "julie@robinson.example", "cst_interface_cust_nbr": "ALT-1" }),
    );
    let number = world.add(&julie).await;
    let married = json!({
        "cst_cust_nbr": number, "cst_lname": "Underwood", "cst_email": "julie@underwood.example", "cst_interface_cust_nbr": "ALT-2"
    });
    world.add(&married).await;
    let other = with(person("Bob", "Dryer"), &json!({ "cst_interface_cust_nbr": "ALT-1" }));
    let other = world.add(&other).await;
    world.follow().await;
    for asked in ["name=robinson", "name=robinson&postalCode=01581", "email=julie@robinson.example"]
    {
        let found = world.found_whole(asked).await;
        assert_eq!(found.len(), 1, "{asked}");
        assert_eq!(
            (&found[0]["customerNumber"], &found[0]["formerly"]),
            (&json!(number), &json!(true))
        );
        assert_eq!(found[0]["name"], "Julie Underwood");
    }
    // Who has it now comes first.
    let found = world.found_whole("alternateNumber=ALT-1").await;
    let told: Vec<_> = found.iter().map(|one| (&one["customerNumber"], &one["formerly"])).collect();
    assert_eq!(told, [(&json!(other), &json!(false)), (&json!(number), &json!(true))]);
    // The key is the same, for it has the first eight letters, and the name is another.
    assert_eq!(world.found("name=robinsonova").await, Vec::<String>::new());
    // One of them as it was, the other as it is.
    let found = world.found_whole("name=robinson&email=julie@underwood.example").await;
    assert_eq!((found.len(), &found[0]["formerly"]), (1, &json!(true)));
}

#[tokio::test]
async fn a_released_dcn_leads_to_whom_it_was_of() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    let customer = world.get(&format!("/customers/{number}")).await;
    let associate = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "A-1",
        "customerOrganizationIdentifier": customer["customerOrganizationIdentifier"]
    });
    world.master.associate(&associate).await.is(201);
    world.release("A-1").await;
    world.follow().await;
    let found = world.found_whole("dcn=TD68%7CA-1").await;
    assert_eq!((found.len(), &found[0]["formerly"]), (1, &json!(true)));
    world.master.associate(&associate).await.is(200);
    world.follow().await;
    let found = world.found_whole("dcn=TD68%7CA-1").await;
    assert_eq!((found.len(), &found[0]["formerly"]), (1, &json!(false)), "once, and now");
}

#[tokio::test]
async fn a_key_that_is_out_of_date_shows_nothing_wrong() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    world.follow().await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_lname": "Underwood" })).await;
    // The keys still tell of the first version.
    assert_eq!(world.found("name=robinson").await, Vec::<String>::new());
    assert_eq!(world.found("name=underwood").await, Vec::<String>::new());
    world.follow().await;
    assert_eq!(world.found("name=underwood").await, [number]);
}

#[tokio::test]
async fn pages_have_everybody_once_and_their_cursors_are_of_one_look_up() {
    let world = World::new().await;
    let mut numbers = Vec::new();
    for at in 0..23 {
        let last_name = if at % 2 == 0 { "Robinson" } else { "Robinson Julie" };
        numbers.push(world.add(&person("Julie", last_name)).await);
    }
    world.add(&person("Julie", "Robertson")).await;
    world.follow().await;
    numbers.sort();
    for asked in ["name=robin&limit=5", "name=julie%20robinson&limit=4", "name=robinson&limit=50"] {
        let mut found = world.found(asked).await;
        found.sort();
        assert_eq!(found, numbers, "{asked}");
    }
    let page = world.get("/customers?name=robinson&limit=5").await;
    assert_eq!(page["customers"].as_array().map(Vec::len), Some(5));
    let next = page["next"].as_str().expect("a second page");
    for other in [
        format!("/customers?name=robins&limit=5&cursor={next}"),
        format!("/customers?name=robinson&company=1&cursor={next}"),
        format!("/customers?email=a@b.c&cursor={next}"),
    ] {
        let answer = world.master.get(&other).send().await;
        assert_eq!(answer.faults(), ["/query/cursor invalid-cursor"]);
    }
}

#[tokio::test]
async fn what_finds_nobody_by_itself_is_refused_with_all_its_faults() {
    let world = World::new().await;
    for (asked, faults) in [
        ("", &["/query nothing-asked"][..]),
        ("postalCode=01581", &["/query nothing-asked"]),
        ("company=1", &["/query nothing-asked"]),
        ("name=", &["/query nothing-asked"]),
        ("name=Li", &["/query/name name-too-short"]),
        ("name=...", &["/query/name name-too-short"]),
        (
            "email=x&phone=x&number=x&dcn=x&surname=x",
            &[
                "/query/dcn invalid-dcn",
                "/query/email invalid-value",
                "/query/number invalid-value",
                "/query/phone invalid-value",
                "/query/surname unknown-parameter",
            ],
        ),
        ("name=robinson&limit=51", &["/query/limit invalid-limit"]),
    ] {
        let answer = world.master.get(&format!("/customers?{asked}")).send().await;
        assert_eq!(answer.faults(), faults, "{asked}");
    }
    for claims in
        [json!({ "sub": "a", "scope": "dealer", "dealer_codes": "*" }), json!({ "sub": "a" })]
    {
        let answer = world.master.get("/customers?name=robinson").by(&claims).send().await;
        answer.is_problem(403, "forbidden");
    }
    let steward = json!({ "sub": "a", "scope": "steward" });
    let answer = world.master.get("/customers?name=robinson").by(&steward).send().await;
    assert_eq!(answer.is(200)["customers"], Value::Array(Vec::new()));
}

/// What a look-up costs does not grow with the number of customers.
#[tokio::test]
async fn a_look_up_costs_the_same_among_few_and_among_many() {
    let world = World::new().await;
    if !local::stand::counts_units(world.master.master().table()).await.expect("an answer") {
        return;
    }
    let julie = with(person("Julie", "Quarry"), &json!({ "cst_email": "julie@quarry.example" }));
    world.add(&julie).await;
    for at in 0..5 {
        world.add(&person("Bob", &format!("Robinson {at}"))).await;
    }
    world.follow().await;
    let asked =
        ["email=julie@quarry.example", "name=quarry&postalCode=01581", "name=robinson&limit=3"];
    let mut costs = Vec::new();
    for round in 0..2 {
        let mut of_round = Vec::new();
        for asked in asked {
            let master = world.master.master().counted();
            let look_up = look_up(asked);
            let limit = if asked.contains("limit") { 3 } else { 20 };
            let found = operations::customers::find::find(&master, &look_up, None, limit).await;
            assert!(!found.expect("an answer").found.is_empty(), "{asked}");
            let cost = master.cost();
            of_round.push((cost.calls, cost.steps, cost.read_units));
        }
        costs.push(of_round);
        if round == 0 {
            for at in 0..60 {
                let email = json!({ "cst_email": format!("{at}@example.com") });
                world.add(&with(person("Bob", &format!("Robinson {at}")), &email)).await;
            }
            world.follow().await;
        }
    }
    assert_eq!(costs[0], costs[1]);
    assert!(costs[0].iter().all(|(calls, _, _)| *calls <= 4), "{costs:?}");
}

/// What the door makes of a query.
fn look_up(asked: &str) -> domain::look_up::LookUp {
    use domain::look_up::LookUp;
    let mut look_up = LookUp::default();
    for part in asked.split('&') {
        let (name, value) = part.split_once('=').expect("a parameter");
        match name {
            "email" => look_up.email = LookUp::parse_email(value).ok(),
            "name" => look_up.name = LookUp::parse_name(value).ok(),
            "postalCode" => look_up.postal_code = LookUp::parse_postal_code(value).ok(),
            _ => assert_eq!(name, "limit"),
        }
    }
    look_up
}
