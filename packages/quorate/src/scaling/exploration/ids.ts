/** Of the members in the slots, and of one that is no pod of the StatefulSet. */
export const idOf = (slot: number): bigint => BigInt(101 + slot);
export const slotOf = (id: bigint): number => Number(id) - 101;
export const STRANGER_ID = 999n;
