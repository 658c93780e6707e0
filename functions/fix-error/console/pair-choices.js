// What a steward chose of the pair that is open: who wins, and whose values are taken. It outlives a sign-in, in the tab; it is names of attributes and numbers of customers.

const CHOSEN = 'pair-choices';

/** Keeps what is chosen of a pair; who was only proposed as the winner is not. */
export const keepChosen = ({ key, winner, steward, take }) => sessionStorage.setItem(CHOSEN, JSON.stringify({ key, winner: steward ? winner : null, take: [...take] }));

/** What was chosen of this pair, where the steward comes back to it. */
export function chosenOf(key) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(CHOSEN));
    return kept?.key === key ? kept : null;
  } catch {
    return null;
  }
}

export const forgetChosen = () => sessionStorage.removeItem(CHOSEN);
