package bottest

import "maps"

// field is a parameter of a method, or a field of an object, with the names of
// the types it may have in the description of the Bot API.
type field struct {
	types    []string
	required bool
}

func may(types ...string) field  { return field{types: types} }
func must(types ...string) field { return field{types: types, required: true} }

// and adds fields to those that several methods or objects share.
func and(shared, more map[string]field) map[string]field {
	all := maps.Clone(shared)
	maps.Copy(all, more)
	return all
}

// sending are the parameters of every method that sends a message.
var sending = map[string]field{
	"business_connection_id":    may("String"),
	"chat_id":                   must("Integer", "String"),
	"message_thread_id":         may("Integer"),
	"direct_messages_topic_id":  may("Integer"),
	"parse_mode":                may("String"),
	"disable_notification":      may("Boolean"),
	"protect_content":           may("Boolean"),
	"allow_paid_broadcast":      may("Boolean"),
	"message_effect_id":         may("String"),
	"suggested_post_parameters": may("SuggestedPostParameters"),
	"reply_parameters":          may("ReplyParameters"),
	"reply_markup":              may("InlineKeyboardMarkup", "ReplyKeyboardMarkup", "ReplyKeyboardRemove", "ForceReply"),
}

// editing are those of every method that changes one.
var editing = map[string]field{
	"business_connection_id": may("String"),
	"chat_id":                may("Integer", "String"),
	"message_id":             may("Integer"),
	"inline_message_id":      may("String"),
	"reply_markup":           may("InlineKeyboardMarkup"),
}

// looks are the fields of a button of either keyboard.
var looks = map[string]field{
	"text":                 must("String"),
	"icon_custom_emoji_id": may("String"),
	"style":                may("String"),
	"web_app":              may("WebAppInfo"),
}

// methods are the methods that the server knows, with their parameters. The
// table was taken from the description of Bot API 10.1 (11 June 2026); a test
// compares it with the description where that is at hand.
var methods = map[string]map[string]field{
	"getMe": {},
	"getUpdates": {
		"offset":          may("Integer"),
		"limit":           may("Integer"),
		"timeout":         may("Integer"),
		"allowed_updates": may("Array of String"),
	},
	"deleteWebhook": {
		"drop_pending_updates": may("Boolean"),
	},
	"setMyCommands": {
		"commands":      must("Array of BotCommand"),
		"scope":         may("BotCommandScope"),
		"language_code": may("String"),
	},
	"sendMessage": and(sending, map[string]field{
		"text":                 must("String"),
		"entities":             may("Array of MessageEntity"),
		"link_preview_options": may("LinkPreviewOptions"),
	}),
	"sendDocument": and(sending, map[string]field{
		"document":                       must("InputFile", "String"),
		"thumbnail":                      may("InputFile", "String"),
		"caption":                        may("String"),
		"caption_entities":               may("Array of MessageEntity"),
		"disable_content_type_detection": may("Boolean"),
	}),
	"editMessageText": and(editing, map[string]field{
		"text":                 may("String"),
		"parse_mode":           may("String"),
		"entities":             may("Array of MessageEntity"),
		"link_preview_options": may("LinkPreviewOptions"),
		"rich_message":         may("InputRichMessage"),
	}),
	"editMessageReplyMarkup": editing,
	"answerCallbackQuery": {
		"callback_query_id": must("String"),
		"text":              may("String"),
		"show_alert":        may("Boolean"),
		"url":               may("String"),
		"cache_time":        may("Integer"),
	},
	"getFile": {
		"file_id": must("String"),
	},
}

// objects are the objects whose fields are checked; of others only the kind of
// JSON value is.
var objects = map[string]map[string]field{
	"InlineKeyboardMarkup": {
		"inline_keyboard": must("Array of Array of InlineKeyboardButton"),
	},
	"InlineKeyboardButton": and(looks, map[string]field{
		"url":                              may("String"),
		"callback_data":                    may("String"),
		"login_url":                        may("LoginUrl"),
		"switch_inline_query":              may("String"),
		"switch_inline_query_current_chat": may("String"),
		"switch_inline_query_chosen_chat":  may("SwitchInlineQueryChosenChat"),
		"copy_text":                        may("CopyTextButton"),
		"callback_game":                    may("CallbackGame"),
		"pay":                              may("Boolean"),
	}),
	"BotCommand": {
		"command":     must("String"),
		"description": must("String"),
	},
	"LinkPreviewOptions": {
		"is_disabled":        may("Boolean"),
		"url":                may("String"),
		"prefer_small_media": may("Boolean"),
		"prefer_large_media": may("Boolean"),
		"show_above_text":    may("Boolean"),
	},
	"ReplyParameters": {
		"message_id":                  must("Integer"),
		"chat_id":                     may("Integer", "String"),
		"allow_sending_without_reply": may("Boolean"),
		"quote":                       may("String"),
		"quote_parse_mode":            may("String"),
		"quote_entities":              may("Array of MessageEntity"),
		"quote_position":              may("Integer"),
		"checklist_task_id":           may("Integer"),
		"poll_option_id":              may("String"),
	},
	"ForceReply": {
		"force_reply":             must("Boolean"),
		"input_field_placeholder": may("String"),
		"selective":               may("Boolean"),
	},
	"ReplyKeyboardRemove": {
		"remove_keyboard": must("Boolean"),
		"selective":       may("Boolean"),
	},
	"ReplyKeyboardMarkup": {
		"keyboard":                must("Array of Array of KeyboardButton"),
		"is_persistent":           may("Boolean"),
		"resize_keyboard":         may("Boolean"),
		"one_time_keyboard":       may("Boolean"),
		"input_field_placeholder": may("String"),
		"selective":               may("Boolean"),
	},
	"KeyboardButton": and(looks, map[string]field{
		"request_users":       may("KeyboardButtonRequestUsers"),
		"request_chat":        may("KeyboardButtonRequestChat"),
		"request_managed_bot": may("KeyboardButtonRequestManagedBot"),
		"request_contact":     may("Boolean"),
		"request_location":    may("Boolean"),
		"request_poll":        may("KeyboardButtonPollType"),
	}),
}
