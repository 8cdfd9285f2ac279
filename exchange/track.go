package exchange

import "slices"

// FormStep is a row of the table of the form track: a form may go from From
// to each of To. A corrected form is a new row of its own, which begins anew.
type FormStep struct {
	Side Side
	From FormTrack
	To   []FormTrack
}

// MoneyStep is a row of the table of the money track: a part of the
// remittance may go from From to each of To.
type MoneyStep struct {
	Side Side
	From MoneyTrack
	To   []MoneyTrack
}

// FormSteps is the table of the form track.
func FormSteps() []FormStep {
	return []FormStep{
		{In, FormNone, []FormTrack{FormReceived}},
		{In, FormReceived, []FormTrack{FormChecked, FormDiffers}},
		{In, FormDiffers, []FormTrack{FormChecked}},
		{In, FormChecked, []FormTrack{FormPosted, FormDiffers}},
		{Out, FormNone, []FormTrack{FormQueued}},
		{Out, FormQueued, []FormTrack{FormSent}},
		{Out, FormSent, []FormTrack{FormDelivered, FormRefused}},
		{Out, FormRefused, []FormTrack{FormQueued}},
	}
}

// MoneySteps is the table of the money track.
func MoneySteps() []MoneyStep {
	return []MoneyStep{
		{In, MoneyNone, []MoneyTrack{MoneyReceived, MoneyNotDue}},
		{In, MoneyReceived, []MoneyTrack{MoneyMatched, MoneyDiffers, MoneyNotDue}},
		{In, MoneyDiffers, []MoneyTrack{MoneyMatched, MoneyReceived, MoneyNotDue}},
		{In, MoneyMatched, []MoneyTrack{MoneyPosted, MoneyDiffers, MoneyReceived}},
		{In, MoneyPosted, []MoneyTrack{MoneyMatched, MoneyDiffers}},
		{In, MoneyNotDue, []MoneyTrack{MoneyNone, MoneyDiffers}},
		{Out, MoneyNotDue, []MoneyTrack{MoneyDue}},
		{Out, MoneyDue, []MoneyTrack{MoneyOrdered, MoneyNotDue}},
		{Out, MoneyOrdered, []MoneyTrack{MoneyReleased, MoneyDue}},
		{Out, MoneyReleased, []MoneyTrack{MoneySubmitted, MoneyUnknown, MoneyDue}},
		{Out, MoneyUnknown, []MoneyTrack{MoneySubmitted, MoneySettled, MoneyReturned, MoneyDue}},
		{Out, MoneySubmitted, []MoneyTrack{MoneySettled, MoneyReturned, MoneyUnknown}},
		{Out, MoneySettled, []MoneyTrack{MoneyReturned}},
		{Out, MoneyReturned, []MoneyTrack{MoneyDue, MoneySettled}},
	}
}

// CanForm reports whether a form may go from one track to another.
func CanForm(side Side, from, to FormTrack) bool {
	for _, s := range formSteps {
		if s.Side == side && s.From == from {
			return slices.Contains(s.To, to)
		}
	}
	return false
}

// CanMoney reports whether a part of the remittance may go from one track to another.
func CanMoney(side Side, from, to MoneyTrack) bool {
	for _, s := range moneySteps {
		if s.Side == side && s.From == from {
			return slices.Contains(s.To, to)
		}
	}
	return false
}

// LeastForm is the least advanced of a case's form tracks (FormNone for none).
func LeastForm(side Side, tracks []FormTrack) FormTrack {
	return least(FormTerms(side), tracks, FormNone)
}

// LeastMoney is the least advanced of a case's money tracks; without any
// part it is MoneyNone for an In case and MoneyNotDue for an Out case.
func LeastMoney(side Side, tracks []MoneyTrack) MoneyTrack {
	if side == Out {
		return least(MoneyTerms(side), tracks, MoneyNotDue)
	}
	return least(MoneyTerms(side), tracks, MoneyNone)
}

func least[T ~string](order []Term, tracks []T, empty T) T {
	for _, t := range order {
		if slices.Contains(tracks, T(t.Code)) {
			return T(t.Code)
		}
	}
	return empty
}

// Place is where the money of a part or payment to others is.
type Place string

// The places.
const (
	PlaceNone Place = ""       // nothing is to be paid
	PlaceHere Place = "here"   // with us, and nothing has left
	PlaceBank Place = "bank"   // with the bank, or it may be
	PlaceGone Place = "gone"   // with the partner or the person
	PlaceBack Place = "return" // with us again: returned, or refused by the bank
)

// places is the table of what each track of money to others says of its place.
var places = map[MoneyTrack]Place{
	MoneyDue: PlaceHere, MoneyOrdered: PlaceHere, MoneyReleased: PlaceHere, MoneyUnknown: PlaceBank, MoneySubmitted: PlaceBank,
	MoneySettled: PlaceGone, MoneyReturned: PlaceBack, MoneyNotDue: PlaceNone,
}

// Place is where money to others is by its track.
func (t MoneyTrack) Place() Place { return places[t] }

// TracksIn lists the tracks of money to others that is in one of the places, in
// the order of MoneyTerms.
func TracksIn(in ...Place) (list []MoneyTrack) {
	for _, t := range MoneyTerms(Out) {
		if track := MoneyTrack(t.Code); slices.Contains(in, track.Place()) {
			list = append(list, track)
		}
	}
	return list
}
