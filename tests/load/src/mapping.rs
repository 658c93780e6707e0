//! What the columns of a CSV are: attributes of a message, or properties of an association.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The properties of an association that a column may have; those of the address are written `address.city`.
const OF_DEALERS: [&str; 8] = [
    "dealerCode",
    "dealerCustomerNumber",
    "dealerType",
    "customerOrganizationIdentifier",
    "businessName",
    "alternateName",
    "email",
    "phones",
];

/// The parts of an address that a column may have.
const OF_ADDRESSES: [&str; 7] =
    ["line1", "line2", "apartment", "city", "state", "postalCode", "country"];

/// A mapping as it was given.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// What a column is; none where it is passed over. A column that is not named is what it is called.
    columns: BTreeMap<String, Option<String>>,
    /// What every row has beside its columns.
    constants: BTreeMap<String, String>,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| format!("The mapping cannot be used: {what}.");
        let json: Value = serde_json::from_str(text).map_err(|error| wrong(&error.to_string()))?;
        let object = json.as_object().ok_or_else(|| wrong("it is no JSON object"))?;
        let mut mapping = Self::default();
        for (name, value) in object {
            let entries =
                value.as_object().ok_or_else(|| wrong(&format!("{name} is no object")))?;
            for (column, to) in entries {
                match (name.as_str(), to) {
                    ("columns", Value::Null) => {
                        mapping.columns.insert(column.clone(), None);
                    }
                    ("columns", Value::String(to)) => {
                        mapping.columns.insert(column.clone(), Some(to.clone()));
                    }
                    ("constants", Value::String(to)) => {
                        mapping.constants.insert(column.clone(), to.clone());
                    }
                    ("columns" | "constants", _) => {
                        return Err(wrong(&format!("{column} in {name} is no text")));
                    }
                    (other, _) => return Err(wrong(&format!("{other} is not known"))),
                }
            }
        }
        Ok(mapping)
    }

    /// What the columns of this header make of a row.
    ///
    /// # Errors
    /// A sentence that names a column that is nothing that can be sent, or is there twice.
    pub fn of_header<'h>(&self, header: impl Iterator<Item = &'h str>) -> Result<Columns, String> {
        let (mut fields, mut unknown) = (Vec::new(), Vec::new());
        for column in header {
            let column = column.trim();
            let field = match self.columns.get(column) {
                Some(to) => to.clone(),
                // A delimiter too many at the end of each line.
                None if column.is_empty() => None,
                None => Some(column.to_owned()),
            };
            if let Some(field) = &field {
                if !is_known(field) {
                    unknown.push(column.to_owned());
                }
                if fields.contains(&Some(field.clone())) {
                    return Err(format!("Two columns are {field}."));
                }
            }
            fields.push(field);
        }
        unknown.extend(self.constants.keys().filter(|name| !is_known(name)).cloned());
        match &unknown[..] {
            [] => {}
            [column] => {
                return Err(format!(
                    "The column {column} is nothing that can be sent; say in a mapping what it is, or null to pass it over."
                ));
            }
            columns => {
                let columns = columns.join(", ");
                return Err(format!(
                    "The columns {columns} are nothing that can be sent; say in a mapping what they are, or null to pass them over."
                ));
            }
        }
        let named = fields.iter().flatten().chain(self.constants.keys());
        let dealers = named.clone().filter(|name| !is_of_messages(name)).count();
        if dealers > 0 && named.count() > dealers {
            return Err("Some columns are of messages and some of associations.".to_owned());
        }
        Ok(Columns { fields, constants: self.constants.clone() })
    }
}

fn is_of_messages(field: &str) -> bool {
    field.starts_with("cst_") || field == "type"
}

/// Whether a field can be sent.
fn is_known(field: &str) -> bool {
    let is_part = |part: &str| OF_ADDRESSES.contains(&part);
    is_of_messages(field)
        || OF_DEALERS.contains(&field)
        || field.strip_prefix("address.").is_some_and(is_part)
}

/// What each column of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    fields: Vec<Option<String>>,
    constants: BTreeMap<String, String>,
}

impl Columns {
    /// The row with these cells, as the customer master takes it. An empty cell is: not given.
    pub fn row<'c>(&self, cells: impl Iterator<Item = &'c str>) -> Value {
        let mut given: BTreeMap<&str, &str> = BTreeMap::new();
        given.extend(self.constants.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        for (field, cell) in self.fields.iter().zip(cells) {
            if let Some(field) = field
                && !cell.trim().is_empty()
            {
                given.insert(field, cell);
            }
        }
        if self
            .fields
            .iter()
            .flatten()
            .chain(self.constants.keys())
            .all(|name| is_of_messages(name))
        {
            let kind = given.remove("type").unwrap_or("CWCustomerIn").to_owned();
            return json!({ "type": kind, "CustSoldTo": given });
        }
        let mut row = Map::new();
        let mut address = Map::new();
        for (name, value) in given {
            match (name, name.strip_prefix("address.")) {
                (_, Some(part)) => {
                    address.insert(part.to_owned(), json!(value));
                }
                ("phones", None) => {
                    let phones: Vec<_> = value.split(';').map(str::trim).collect();
                    row.insert(name.to_owned(), json!(phones));
                }
                (_, None) => {
                    row.insert(name.to_owned(), json!(value));
                }
            }
        }
        if !address.is_empty() {
            row.insert("address".to_owned(), Value::Object(address));
        }
        Value::Object(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_an_erp_becomes_a_message() {
        let mapping = r#"{ "columns": { "KUNNR": "cst_interface_cust_nbr", "NOTE": null }, "constants": { "cst_duplicate": "Y" } }"#;
        let mapping = Mapping::read(mapping).expect("a mapping");
        let columns = mapping.of_header(["KUNNR", "NOTE", "cst_lname"].into_iter());
        let row = columns.expect("columns").row(["7", "late payer", " "].into_iter());
        let customer = json!({ "cst_duplicate": "Y", "cst_interface_cust_nbr": "7" });
        assert_eq!(row, json!({ "type": "CWCustomerIn", "CustSoldTo": customer }));
    }

    #[test]
    fn our_own_column_names_need_no_mapping() {
        let header = ["dealerCode", "dealerCustomerNumber", "address.city", "phones"];
        let columns = Mapping::default().of_header(header.into_iter()).expect("columns");
        let row = columns.row(["TD68", "1", "Barre", "1; 2"].into_iter());
        let address = json!({ "city": "Barre" });
        assert_eq!(
            row,
            json!({ "dealerCode": "TD68", "dealerCustomerNumber": "1", "address": address, "phones": ["1", "2"] })
        );
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (mapping, sentence) in [
            ("[]", "The mapping cannot be used: it is no JSON object."),
            (r#"{"rows":{"a":"b"}}"#, "The mapping cannot be used: rows is not known."),
            (r#"{"columns":{"a":7}}"#, "The mapping cannot be used: a in columns is no text."),
        ] {
            assert_eq!(Mapping::read(mapping), Err(sentence.to_owned()));
        }
        for (header, sentence) in [
            (&["KUNNR"][..], "The column KUNNR is nothing that can be sent"),
            (&["address.planet"], "The column address.planet is nothing"),
            (
                &["KUNNR", "cst_lname", "NOTE"],
                "The columns KUNNR, NOTE are nothing that can be sent",
            ),
            (&["cst_lname", "cst_lname"], "Two columns are cst_lname."),
            (&["cst_lname", "dealerCode"], "Some columns are of messages and some"),
        ] {
            let fault = Mapping::default().of_header(header.iter().copied()).expect_err(sentence);
            assert!(fault.starts_with(sentence), "{fault}");
        }
    }
}
