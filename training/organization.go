package training

// OrganizationKind tells a Comune from the others that the service knows.
type OrganizationKind string

const (
	Municipality   OrganizationKind = "comune"
	MunicipalUnion OrganizationKind = "unione"
	Province       OrganizationKind = "provincia"
)

// Organization is a body whose people the service trains.
type Organization struct {
	ID         string           `json:"id"`   // as in the Province's list: the ISTAT code of a Comune
	Name       string           `json:"name"` // «Dolcedo», without «Comune di»
	Kind       OrganizationKind `json:"kind"`
	Population int              `json:"population,omitempty"`
	// Employees is a declared or estimated headcount; say "estimate" where it
	// is shown.
	Employees   int      `json:"employees,omitempty"`
	Domain      string   `json:"domain,omitempty"`
	Address     string   `json:"address,omitempty"` // institutional mail
	Calendar    Calendar `json:"calendar,omitzero"`
	FocalPoint  string   `json:"focal_point,omitempty"` // person id
	DeputyPoint string   `json:"deputy_point,omitempty"`
	Schema      int      `json:"schema"`
}

// FullName is the name with its kind: «Comune di Dolcedo».
func (o Organization) FullName() string {
	switch o.Kind {
	case MunicipalUnion, Province:
		return o.Name
	default:
		return "Comune di " + o.Name
	}
}

// Speaks tells whether the person may act for colleagues of the organization.
func (o Organization) Speaks(person string) bool {
	return person != "" && (person == o.FocalPoint || person == o.DeputyPoint)
}
