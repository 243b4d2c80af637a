package training

// ServiceModel is how a Province runs the service, as the UPI paper tells the
// models apart. They combine and are steps of one way: a model changes what
// comes first, and takes nothing away.
type ServiceModel string

const (
	SharedDelivery      ServiceModel = "A" // the Province opens its own courses: the catalogue first
	TerritorialSteering ServiceModel = "B" // needs are collected and routed: needs first
	Academy             ServiceModel = "C" // as B, with partners
	Pilot               ServiceModel = "D" // few entities, what is mandatory first
)

// Known tells whether there is such a model.
func (m ServiceModel) Known() bool {
	return m == SharedDelivery || m == TerritorialSteering || m == Academy || m == Pilot
}

// NeedsFirst tells whether people are asked what they need before they are
// shown what there is.
func (m ServiceModel) NeedsFirst() bool { return m == TerritorialSteering || m == Academy }

// MandatoryFirst tells whether the office decides first on what is mandatory.
func (m ServiceModel) MandatoryFirst() bool { return m == Pilot }
