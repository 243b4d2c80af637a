package dialog

import (
	"encoding/json"
	"fmt"
	"strings"

	"regia/training"
)

// command answers the command line.
func (c *conv) command(m Command) error {
	switch m.Name {
	case "import":
		var rows []training.Row
		if err := json.Unmarshal(m.Body, &rows); err != nil {
			return fmt.Errorf("reading a chunk of an import: %w", err)
		}
		for _, row := range rows {
			if err := c.importRow(row); err != nil {
				return fmt.Errorf("importing line %d: %w", row.Line, err)
			}
		}
		return nil
	}
	return fmt.Errorf("command %q is not known", m.Name)
}

func (c *conv) importRow(row training.Row) error {
	switch {
	case row.Organization != nil:
		return c.importOrganization(*row.Organization)
	case row.Person != nil:
		return c.importPerson(*row.Person)
	}
	return nil
}

// importOrganization adds an organization or renews its data; who speaks for
// it stays.
func (c *conv) importOrganization(org training.Organization) error {
	old, err := load[training.Organization](c, "org", org.ID)
	if err != nil {
		return err
	}
	if old != nil {
		org.FocalPoint, org.DeputyPoint = old.FocalPoint, old.DeputyPoint
	}
	org.Schema = 1
	c.save("org", org.ID, org)
	c.Enlist("orgs", org.ID)
	c.save("orgname", c.MAC("orgname", training.Fold(org.Name)), link{Org: org.ID, Schema: 1})
	if org.Domain != "" {
		c.save("domain", c.MAC("domain", strings.ToLower(org.Domain)), link{Org: org.ID, Schema: 1})
	}
	if org.Address != "" {
		key := c.MAC("address", strings.ToLower(org.Address))
		c.save("address", key, link{Shared: true, Org: org.ID, Schema: 1})
	}
	return nil
}

// importPerson adds a person, or a position to one that is known.
func (c *conv) importPerson(row training.PersonRow) error {
	org, err := c.organization(row.Organization)
	if err != nil {
		return err
	}
	if org == nil {
		return fmt.Errorf("organization %q is not known", row.Organization)
	}
	p := training.Person{First: row.First, Last: row.Last, Schema: 1}
	known, err := c.known(org.ID, row)
	if err != nil {
		return err
	}
	if known != nil {
		p = *known
		p.First, p.Last = row.First, row.Last
	}
	if p.ID == "" {
		p.ID = c.NewID("person")
		if row.Address != nil {
			p.Addresses = []training.Address{*row.Address}
			owner, shared := p.ID, row.Address.Kind == training.Shared
			if shared {
				owner = "" // nobody's alone
			}
			c.save("address", c.MAC("address", row.Address.Mail), link{Person: owner, Shared: shared, Org: org.ID, Schema: 1})
		}
	}
	if row.Prefers != "" {
		p.Prefers = row.Prefers
	}
	p.Coordinator = p.Coordinator || row.Coordinator
	pos := training.Position{Organization: org.ID, Office: row.Office, Role: row.Role, Relation: row.Relation, From: c.now}
	if !p.Holds(pos) {
		p.Positions = append(p.Positions, pos)
	}
	c.save("person", p.ID, p)
	c.Enlist("people:"+org.ID, p.ID)
	if row.Office != "" {
		c.Enlist(officeList(row.Office), p.ID)
	}
	if p.Coordinator {
		c.Enlist("coordinators", p.ID)
	}
	switch {
	case row.FocalPoint:
		org.FocalPoint = p.ID
		c.save("org", org.ID, org)
	case row.Deputy:
		org.DeputyPoint = p.ID
		c.save("org", org.ID, org)
	}
	return nil
}

// organization is the one with the code or the name given.
func (c *conv) organization(codeOrName string) (*training.Organization, error) {
	org, err := load[training.Organization](c, "org", codeOrName)
	if err != nil || org != nil {
		return org, err
	}
	l, err := load[link](c, "orgname", c.MAC("orgname", training.Fold(codeOrName)))
	if err != nil || l == nil {
		return nil, err
	}
	return load[training.Organization](c, "org", l.Org)
}

// known is the person whom a line of the roster names again: by a personal
// address, or, without one, by the name in the organization.
func (c *conv) known(org string, row training.PersonRow) (*training.Person, error) {
	if row.Address != nil && row.Address.Kind == training.Personal {
		l, err := load[link](c, "address", c.MAC("address", row.Address.Mail))
		if err != nil || l == nil || l.Person == "" || l.Shared {
			return nil, err
		}
		return load[training.Person](c, "person", l.Person)
	}
	people, err := c.colleagues(org)
	if err != nil {
		return nil, err
	}
	address := ""
	if row.Address != nil {
		address = row.Address.Mail
	}
	name := training.Fold(row.First + " " + row.Last)
	for i := range people {
		if mail, _ := people[i].Mail(); mail == address && training.Fold(people[i].Name()) == name {
			return &people[i], nil
		}
	}
	return nil, nil
}
