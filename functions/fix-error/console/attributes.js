// The attributes of a message and the codes of its edits, as domain.md names them, with words for people. Data only:
// nothing here decides what is valid, that is the server's.

/** The groups of the form, in order, each with its attributes: name, label, and perhaps a hint for when it is empty, and choices. */
export const GROUPS = [
  {
    id: 'identity',
    title: 'Identity and numbers',
    attributes: [
      ['type', 'Message type', 'CWCustomerIn is the only one'],
      ['cst_company', 'Company'],
      ['cst_action_type', 'Action type', 'D is refused, all else is accepted'],
      ['cst_duplicate', 'Duplicate check', 'S, A or Y; else no check', { S: 'update one, refuse several', A: 'update the best match', Y: 'refuse any', N: 'no check' }],
      ['cst_send_response', 'Send response'],
      ['cst_cust_nbr', 'Customer number', 'Names the customer to change'],
      ['cst_interface_cust_nbr', 'Alternate customer number'],
      ['cst_relate_id', 'Relate id'],
      ['cst_account_nbr', 'Account number'],
      ['cst_cust_class', 'Customer class'],
      ['cst_cust_type', 'Customer type'],
      ['cst_cust_company', 'Customer company'],
      ['cst_salesman_nbr', 'Salesman number'],
      ['cst_original_source', 'Original source'],
      ['cst_current_source', 'Current source'],
      ['cst_entry_date', 'Entry date'],
      ['cst_inactive', 'Inactive'],
    ],
  },
  {
    id: 'name',
    title: 'Name',
    attributes: [
      ['cst_prefix', 'Prefix'],
      ['cst_fname', 'First name'],
      ['cst_minitial', 'Middle initial'],
      ['cst_lname', 'Last name'],
      ['cst_suffix', 'Suffix'],
      ['cst_company_name', 'Company name'],
      ['cst_job_title', 'Job title'],
    ],
  },
  {
    id: 'address',
    title: 'Address',
    attributes: [
      ['cst_street_addr', 'Street address'],
      ['cst_apt', 'Apartment'],
      ['cst_addr_line_2', 'Address line 2'],
      ['cst_addr_line_3', 'Address line 3'],
      ['cst_addr_line_4', 'Address line 4'],
      ['cst_city', 'City'],
      ['cst_state', 'State'],
      ['cst_zip', 'Postal code'],
      ['cst_country', 'Country', 'Two or three letters'],
      ['cst_deliverable', 'Deliverable'],
      ['cst_delivery_type', 'Delivery type'],
    ],
  },
  {
    id: 'contact',
    title: 'Contact',
    attributes: [
      ['cst_email', 'E-mail'],
      ['cst_email_status', 'Opt in/opt out', 'O1 to O4', { O1: '', O2: '', O3: '', O4: '' }],
      ['cst_day_phone', 'Day phone'],
      ['cst_day_ext', 'Day extension'],
      ['cst_eve_phone', 'Evening phone'],
      ['cst_eve_ext', 'Evening extension'],
      ['cst_fax_phone', 'Fax'],
      ['cst_fax_ext', 'Fax extension'],
      ['cst_do_not_fax', 'Do not fax'],
      ['cst_language', 'Language'],
    ],
  },
  {
    id: 'other',
    title: 'Marketing and other',
    attributes: [
      ['cst_mail_name', 'Mail name'],
      ['cst_rent_name', 'Rent name'],
      ['cst_seed_name', 'Seed name'],
      ['cst_rent_email', 'Rent e-mail'],
      ['cst_mail_code', 'Mail code'],
      ['cst_call_code', 'Call code'],
      ['cst_orig_mail_type', 'Original mail type'],
      ['cst_curr_mail_type', 'Current mail type'],
      ['cst_hold_bypass_fraud', 'Hold, bypass, fraud'],
      ['cst_tax_exempt', 'Tax exempt'],
      ['cst_exempt_certificate', 'Exempt certificate'],
      ['cst_exempt_expiry', 'Exempt expiry'],
      ['cst_vat_nbr', 'VAT number'],
      ['cst_currency', 'Currency'],
      ['cst_price_column', 'Price column'],
      ['cst_discount_pct', 'Discount percent'],
      ['cst_associate', 'Associate'],
      ['cst_commercial', 'Commercial'],
      ['cst_cancel_bo', 'Cancel backorder'],
      ['cst_bypass_reservation', 'Bypass reservation'],
      ['cst_item_hist_tracking', 'Item history tracking'],
      ['cst_pop_window_1', 'Pop window 1'],
      ['cst_pop_window_2', 'Pop window 2'],
      ['cst_pop_window_3', 'Pop window 3'],
      ['cst_pop_window_4', 'Pop window 4'],
    ],
  },
];

const LABELS = new Map(GROUPS.flatMap((group) => group.attributes.map(([name, label]) => [name, label])));

/** All attributes in the order of the form. */
export const ATTRIBUTES = [...LABELS.keys()];

export const isKnown = (attribute) => LABELS.has(attribute);

/** The words for an attribute; an unknown one is called by its own name. */
export const labelOf = (attribute) => LABELS.get(attribute) ?? attribute;

const REASONS = new Map(Object.entries({
  'invalid-action-type': 'Invalid Action Type',
  'name-blank': 'Last Name & Comp Blank',
  'state-blank': 'State Blank',
  'zip-blank': 'Zip Code Blank',
  'country-blank': 'Country Blank',
  'class-required': 'Customer Class required',
  'email-status-blank': 'Opt In/Opt Out Required',
  'invalid-email': 'Invalid Email Address',
  'invalid-type': 'Invalid Message Type',
  'street-blank': 'Street Address Blank',
  'alternate-number-taken': 'Alternate Customer Number Exists',
  'customer-does-not-exist': 'Customer Does not Exist',
  'city-blank': 'City Blank',
  'invalid-state': 'Invalid State',
  'invalid-zip': 'Invalid Zip Code',
  'invalid-country': 'Invalid Country',
  'invalid-class': 'Invalid Customer Class',
  'invalid-email-status': 'Invalid Opt In/Opt Out',
  'invalid-company': 'Invalid Company',
  'value-too-long': 'Value Too Long',
  'invalid-value': 'Invalid Value',
  'relate-id-taken': 'Relate Id Exists',
}));

export const CODES = [...REASONS.keys()].sort((a, b) => reasonOf(a).localeCompare(reasonOf(b), 'en'));

/** The reason text of a code; a code this page does not know yet stands for itself. */
export function reasonOf(code) {
  return REASONS.get(code) ?? String(code);
}

const CAUSED_BY = new Map(Object.entries({
  'name-blank': 'cst_lname',
  'city-blank': 'cst_city',
  'state-blank': 'cst_state',
  'invalid-state': 'cst_state',
  'zip-blank': 'cst_zip',
  'invalid-zip': 'cst_zip',
  'country-blank': 'cst_country',
  'invalid-country': 'cst_country',
  'class-required': 'cst_cust_class',
  'invalid-class': 'cst_cust_class',
  'email-status-blank': 'cst_email_status',
  'invalid-email-status': 'cst_email_status',
  'invalid-email': 'cst_email',
  'invalid-company': 'cst_company',
  'invalid-type': 'type',
  'street-blank': 'cst_street_addr',
  'alternate-number-taken': 'cst_interface_cust_nbr',
  'relate-id-taken': 'cst_relate_id',
  'customer-does-not-exist': 'cst_cust_nbr',
}));

/** The attribute that a cause is about, where it is about one alone. */
export const attributeOf = (code) => CAUSED_BY.get(code) ?? null;

const ACTIONS = new Map(Object.entries({ A: 'Add', C: 'Change', D: 'Delete', add: 'Add', change: 'Change' }));

/** What kind of message it is, in words. */
export const actionOf = (action) => ACTIONS.get(action) ?? String(action ?? '');
