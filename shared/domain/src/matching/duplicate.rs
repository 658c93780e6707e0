//! The duplicate judgement: which customers of a block are the same as a wanted one, and what an Add makes of that.

use std::borrow::Cow;

use crate::controls::Controls;
use crate::customer::Customer;
use crate::customer::company::Company;
use crate::customer::country;
use crate::matching::comparison::{Explanation, compare};
use crate::matching::match_code::{Block, MatchCode};
use crate::message::{Attribute, Attributes, DuplicateCheck};

/// The company that attributes name, or the deployment's default.
pub fn company_of(attributes: &Attributes, controls: &Controls) -> Company {
    match attributes.get(Attribute::COMPANY) {
        Some(code) => controls.company(code).cloned().unwrap_or_else(|| Company::new(code)),
        None => controls.default_company().clone(),
    }
}

/// What makes a block: the company and the match code; none where there is no match code. The attributes are in the form that records keep.
fn home_of(kept: &Attributes, controls: &Controls) -> Option<(Company, MatchCode)> {
    let code = MatchCode::of(kept, &controls.match_code_layout)?;
    Some((company_of(kept, controls), code))
}

/// What of an address has more than one form.
const PLACE: [Attribute; 3] = [Attribute::COUNTRY, Attribute::STATE, Attribute::POSTAL_CODE];

/// The attributes as they are compared. Duplicates are looked for before the edits, so a message may still say `Massachusetts` where the record says `MA`.
fn in_kept_form(attributes: &Attributes, controls: &Controls) -> Attributes {
    country::in_kept_form(attributes, controls.default_country)
}

/// The block that a customer with these attributes belongs to; none where it has no match code.
pub fn block_of(attributes: &Attributes, controls: &Controls) -> Option<Block> {
    home_of(&in_kept_form(attributes, controls), controls)
        .map(|(company, code)| Block::of(&company, &code))
}

/// The customers among `candidates` that are the same as the wanted one, the highest customer number first. Candidates are those found in the wanted one's block;
/// one whose current match code or company is another's is none. Inactive customers count.
pub fn among<'a>(
    wanted: &Attributes,
    candidates: &'a [Customer],
    controls: &Controls,
) -> Vec<(&'a Customer, Explanation)> {
    let wanted = in_kept_form(wanted, controls);
    let home = home_of(&wanted, controls);
    if home.is_none() {
        return Vec::new();
    }
    let mut duplicates: Vec<_> = candidates
        .iter()
        .filter_map(|candidate| {
            // Most candidates are at the very place that is wanted, which is in that form already.
            let known =
                if PLACE.iter().all(|part| candidate.attributes.get(*part) == wanted.get(*part)) {
                    Cow::Borrowed(&candidate.attributes)
                } else {
                    Cow::Owned(in_kept_form(&candidate.attributes, controls))
                };
            let here = home_of(&known, controls) == home;
            let explanation = here.then(|| compare(&wanted, &known, &controls.exact_match))??;
            Some((candidate, explanation))
        })
        .collect();
    duplicates.sort_by_key(|(duplicate, _)| std::cmp::Reverse(duplicate.number));
    duplicates
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement<'a> {
    /// There is none, or none was looked for: a customer is created.
    Create,
    Update(&'a Customer),
    /// Nothing is done; the duplicates, the highest customer number first.
    Duplicate(Vec<&'a Customer>),
}

/// Judges an Add by the duplicates that [`among`] found.
pub fn judge(check: DuplicateCheck, duplicates: Vec<(&Customer, Explanation)>) -> Judgement<'_> {
    let all = || duplicates.iter().map(|(duplicate, _)| *duplicate).collect();
    match (check, &duplicates[..]) {
        (DuplicateCheck::Unchecked, _) | (_, []) => Judgement::Create,
        (DuplicateCheck::UpdateSingle, [(single, _)]) => Judgement::Update(single),
        (DuplicateCheck::UpdateBest, [(best, _), ..]) => Judgement::Update(best),
        (DuplicateCheck::UpdateSingle | DuplicateCheck::Report, _) => Judgement::Duplicate(all()),
    }
}
