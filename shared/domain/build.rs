//! Turns `data/countries.csv` into a table of constants, so that the functions neither read nor parse it when they start. Lists stay one text each, which is the
//! smallest form they have in a program.

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=data/countries.csv");
    let (mut rows, mut alpha3s) = (String::new(), Vec::new());
    let mut previous = String::new();
    for row in csv::Reader::from_path("data/countries.csv")?.records() {
        let row = row?;
        let [
            alpha2,
            alpha3,
            name,
            other_names,
            requires_state,
            requires_postal_code,
            pattern,
            examples,
            signs,
            states,
        ] = row.iter().collect::<Vec<_>>()[..]
        else {
            return Err(format!("a country has ten fields, this one has not: {row:?}").into());
        };
        if *alpha2 <= *previous {
            return Err(format!(
                "countries are in the order of their two letters, {alpha2} is not"
            )
            .into());
        }
        alpha2.clone_into(&mut previous);
        alpha3s.push(alpha3.to_owned());
        let PostalCode { begins, opens, pattern } =
            PostalCode::of(pattern, examples.contains([' ', '-']));
        let states = states.split(';').map(|state| state.split_once('=').unwrap_or((state, "")));
        let (state_codes, state_names): (Vec<_>, Vec<_>) = states.unzip();
        let (state_codes, state_names) = (state_codes.join(";"), state_names.join(";"));
        let signs = signs.split('|').filter(|sign| !sign.is_empty());
        let signs = [alpha2, alpha3].into_iter().chain(signs).collect::<Vec<_>>().join("|");
        writeln!(
            rows,
            "Country {{ alpha2: {alpha2:?}, alpha3: {alpha3:?}, name: {name:?}, other_names: {other_names:?}, requires_state: {}, requires_postal_code: {}, \
             postal_codes: Pattern::new({pattern:?}), postal_code_begins: {begins:?}, postal_code_opens: {opens:?}, postal_code_signs: {signs:?}, postal_code_examples: {examples:?}, \
             state_codes: {state_codes:?}, state_names: {state_names:?} }},",
            yes(requires_state)?,
            yes(requires_postal_code)?,
        )?;
    }
    let count = alpha3s.len();
    let mut by_alpha3: Vec<_> = (0..count).collect();
    by_alpha3.sort_unstable_by_key(|position| &alpha3s[*position]);
    std::fs::write(
        PathBuf::from(std::env::var("OUT_DIR")?).join("countries.rs"),
        format!(
            "/// All countries, by their two letters.\nstatic COUNTRIES: [Country; {count}] = [\n{rows}];\n\
             /// Their places in that table, by their three letters.\nstatic BY_ALPHA3: [u8; {count}] = {by_alpha3:?};\n"
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

/// A pattern of postal codes, taken apart.
struct PostalCode {
    /// What every postal code of the country begins with, as it is written: `LV-`.
    begins: String,
    /// The letters and digits of that, or of what one may begin with and is not written.
    opens: String,
    /// The rest, on letters and digits alone. Where the country writes a blank or a hyphen stands an empty group named `b` or `h` and a number.
    pattern: String,
}

impl PostalCode {
    /// `written`: whether the examples are written with blanks or hyphens; if not, those that the pattern leaves open are none of the country's.
    fn of(pattern: &str, written: bool) -> Self {
        let (mut begins, mut opens, mut rest) = (String::new(), String::new(), pattern);
        let is_literal = |text: &str| {
            text.chars().all(|found| found.is_ascii_alphanumeric() || matches!(found, ' ' | '-'))
        };
        if let Some((inside, after)) =
            pattern.strip_prefix("(?:").and_then(|pattern| pattern.split_once(")?"))
            && is_literal(inside)
        {
            inside.clone_into(&mut opens);
            rest = after;
        } else if !pattern.contains('|') {
            let letters = pattern.chars().take_while(char::is_ascii_uppercase).count();
            let separated = letters > 0 && pattern[letters..].starts_with([' ', '-']);
            let length = letters + usize::from(separated);
            pattern[..length].clone_into(&mut begins);
            begins.clone_into(&mut opens);
            rest = &pattern[length..];
        }
        let opens = opens.replace([' ', '-'], "");
        Self { begins, opens, pattern: on_letters_and_digits(rest, written) }
    }
}

/// The pattern with an empty group in the place of each blank and hyphen, and no other groups that are kept.
fn on_letters_and_digits(pattern: &str, written: bool) -> String {
    let mut made = String::new();
    let mut rest = pattern;
    let mut separators = 0;
    while let Some(first) = rest.chars().next() {
        let (separator, after) = if let Some(after) = rest.strip_prefix("[ \\-]") {
            (Some(('h', true)), after)
        } else if let Some(after) = rest.strip_prefix([' ', '-']) {
            let kind = if first == ' ' { 'b' } else { 'h' };
            match after.strip_prefix('?') {
                Some(after) => (Some((kind, written)), after),
                None => (Some((kind, true)), after),
            }
        } else {
            (None, rest)
        };
        match separator {
            Some((kind, kept)) => {
                if kept {
                    separators += 1;
                    made.push_str(&format!("(?P<{kind}{separators}>)"));
                }
                rest = after;
            }
            None => {
                // A class is taken whole, for its hyphens are none of the country's.
                let length = if first == '[' {
                    rest.find(']').map_or(1, |end| end + 1)
                } else {
                    first.len_utf8()
                };
                made.push_str(&rest[..length]);
                rest = &rest[length..];
                if first == '(' && !rest.starts_with('?') {
                    made.push_str("?:");
                }
            }
        }
    }
    made
}
