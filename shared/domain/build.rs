//! Turns `data/countries.csv` into a table of constants, so that the functions neither read nor parse it when they start.

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=data/countries.csv");
    let (mut rows, mut count) = (String::new(), 0);
    let mut previous = String::new();
    for row in csv::Reader::from_path("data/countries.csv")?.records() {
        let row = row?;
        let [alpha2, alpha3, name, requires_state, requires_postal_code, pattern, states] =
            row.iter().collect::<Vec<_>>()[..]
        else {
            return Err(format!("a country has seven fields, this one has not: {row:?}").into());
        };
        if *alpha2 <= *previous {
            return Err(format!(
                "countries are in the order of their two letters, {alpha2} is not"
            )
            .into());
        }
        alpha2.clone_into(&mut previous);
        let states = states.split_whitespace().collect::<Vec<_>>();
        count += 1;
        writeln!(
            rows,
            "Country {{ alpha2: {alpha2:?}, alpha3: {alpha3:?}, name: {name:?}, requires_state: {}, requires_postal_code: {}, \
             postal_codes: Pattern::new({pattern:?}), states: &{states:?} }},",
            yes(requires_state)?,
            yes(requires_postal_code)?,
        )?;
    }
    std::fs::write(
        PathBuf::from(std::env::var("OUT_DIR")?).join("countries.rs"),
        format!(
            "/// All countries, by their two letters.\nstatic COUNTRIES: [Country; {count}] = [\n{rows}];\n"
        ),
    )?;
    Ok(())
}

fn yes(field: &str) -> Result<bool, String> {
    match field {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(format!("yes or no is wanted, not {other:?}")),
    }
}
