package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"regia/bot"
	"regia/dialog"
	"regia/mail"
)

// channels are the readers and senders of the channels that are configured.
type channels struct {
	chatIn  *bot.Reader
	chatOut *bot.Sender
	mailIn  *mail.Reader
	mailOut *mail.Sender
	pecIn   *mail.Reader // of the account of certified mail
}

// botCommands are those of the menu in the chat.
var botCommands = []bot.Command{
	{Name: "corsi", Description: "i prossimi corsi"},
	{Name: "fabbisogno", Description: "mi serve un corso"},
	{Name: "iscrizioni", Description: "le mie iscrizioni"},
	{Name: "ore", Description: "le mie ore di quest'anno"},
	{Name: "attestati", Description: "i miei attestati"},
	{Name: "privacy", Description: "che cosa sappiamo di te"},
	{Name: "ufficio", Description: "parla con una persona"},
	{Name: "aiuto", Description: "che cosa puoi fare"},
}

// openChannels makes the readers and senders; none of them speaks yet.
func openChannels(s settings, e *engine, fast bool) (*channels, error) {
	c := &channels{}
	if s.chat() {
		config := bot.Config{Token: string(s.Token), API: s.TelegramAPI, Log: e.log, Commands: botCommands, Keep: e.keepChat, NoLimits: fast}
		var err error
		if c.chatIn, err = bot.NewReader(config, e); err != nil {
			return nil, fmt.Errorf("chat di Telegram: %w", err)
		}
		e.botID = c.chatIn.BotID()
		if c.chatOut, err = bot.NewSender(config, e.store.Outbox(), e.render, e.clock.Now); err != nil {
			return nil, fmt.Errorf("chat di Telegram: %w", err)
		}
	}
	if s.mail() {
		in, out, err := s.Mailbox.open()
		if err != nil {
			return nil, err
		}
		out.Letter.Name, out.Letter.NoPlus = s.Province.Service, s.Mail.NoPlus
		desk := e.desk(out.Letter.From, s.Mail.AuthservID)
		desk.Shared = s.Mail.Shared
		c.mailIn = &mail.Reader{Endpoint: in, Intake: desk, Now: e.clock.Now, Log: e.log}
		c.mailOut = &mail.Sender{
			Endpoint: out.Endpoint, Letter: out.Letter, Outbox: e.store.Outbox(), Render: e.render,
			Now: e.clock.Now, Log: e.log, Wake: e.store.Ready(dialog.ByMail),
		}
	}
	if s.PEC.set() {
		in, out, err := s.PEC.open()
		if err != nil {
			return nil, err
		}
		// Operators accept a message only from the address of the account.
		out.Letter.Name, out.Letter.NoPlus = s.Province.Service, true
		c.mailOut.Certified = &out
		desk := e.desk(out.Letter.From, "")
		desk.Certified = true
		c.pecIn = &mail.Reader{Endpoint: in, Intake: desk, Keep: true, Now: e.clock.Now, Log: e.log}
	}
	return c, nil
}

// botName is what the chat is called, for the links that organizations hand
// out; without an answer the service starts all the same.
func botName(ctx context.Context, s settings, log *slog.Logger) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	name, err := bot.Check(ctx, bot.Config{Token: string(s.Token), API: s.TelegramAPI, Log: log})
	if err != nil {
		log.Warn("the name of the bot is not known yet", "err", err)
	}
	return name
}

// start sets the readers and senders to work.
func (c *channels) start(reading, sending context.Context, readers, senders *sync.WaitGroup, e *engine) {
	// None of these ends by itself; what they return when the context ends is
	// no news.
	if c.chatIn != nil {
		readers.Go(func() { _ = c.chatIn.Run(reading) })
		senders.Go(func() { _ = c.chatOut.Run(sending) })
		senders.Go(func() {
			for {
				select {
				case <-sending.Done():
					return
				case <-e.store.Ready(dialog.ByChat):
					c.chatOut.Wake()
				}
			}
		})
	}
	if c.mailIn != nil {
		readers.Go(func() { _ = c.mailIn.Run(reading) })
		senders.Go(func() { _ = c.mailOut.Run(sending) })
	}
	if c.pecIn != nil {
		readers.Go(func() { _ = c.pecIn.Run(reading) })
	}
}
