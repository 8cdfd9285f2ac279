// Package outside holds those with whom an agency's Carryover exchanges files:
// its core, its portal and its bank, other banks and the clearing between
// them, small partners with programs of their own, and its officers. Each is
// made by its New function, knows nothing but its end of a drop and its own
// books, and behaves as the real one does: it answers every file, refuses what
// is wrong, and books what it did where a proof can read it again. They act
// when they are called (Receive and Send, a bank's Morning and Night), take the
// time and the day as parameters, and never look at a clock, at an agency's
// store or at its configuration. They know nobody of the demo that is played
// with them, and import neither it nor jobs: seeds and the tests of other
// packages use them as well.
package outside
