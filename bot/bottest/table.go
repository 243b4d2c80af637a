package bottest

// field is a parameter of a method, or a field of an object, with the names of
// the types it may have in the description of the Bot API.
type field struct {
	types    []string
	required bool
}

// methods are the methods that the server knows, with their parameters. The
// table was taken from the description of Bot API 10.1 (11 June 2026); a test
// compares it with the description where that is at hand.
var methods = map[string]map[string]field{
	"getMe": {},
	"getUpdates": {
		"offset":          {types: []string{"Integer"}},
		"limit":           {types: []string{"Integer"}},
		"timeout":         {types: []string{"Integer"}},
		"allowed_updates": {types: []string{"Array of String"}},
	},
	"deleteWebhook": {
		"drop_pending_updates": {types: []string{"Boolean"}},
	},
	"setMyCommands": {
		"commands":      {required: true, types: []string{"Array of BotCommand"}},
		"scope":         {types: []string{"BotCommandScope"}},
		"language_code": {types: []string{"String"}},
	},
	"sendMessage": {
		"business_connection_id":    {types: []string{"String"}},
		"chat_id":                   {required: true, types: []string{"Integer", "String"}},
		"message_thread_id":         {types: []string{"Integer"}},
		"direct_messages_topic_id":  {types: []string{"Integer"}},
		"text":                      {required: true, types: []string{"String"}},
		"parse_mode":                {types: []string{"String"}},
		"entities":                  {types: []string{"Array of MessageEntity"}},
		"link_preview_options":      {types: []string{"LinkPreviewOptions"}},
		"disable_notification":      {types: []string{"Boolean"}},
		"protect_content":           {types: []string{"Boolean"}},
		"allow_paid_broadcast":      {types: []string{"Boolean"}},
		"message_effect_id":         {types: []string{"String"}},
		"suggested_post_parameters": {types: []string{"SuggestedPostParameters"}},
		"reply_parameters":          {types: []string{"ReplyParameters"}},
		"reply_markup":              {types: []string{"InlineKeyboardMarkup", "ReplyKeyboardMarkup", "ReplyKeyboardRemove", "ForceReply"}},
	},
	"sendDocument": {
		"business_connection_id":         {types: []string{"String"}},
		"chat_id":                        {required: true, types: []string{"Integer", "String"}},
		"message_thread_id":              {types: []string{"Integer"}},
		"direct_messages_topic_id":       {types: []string{"Integer"}},
		"document":                       {required: true, types: []string{"InputFile", "String"}},
		"thumbnail":                      {types: []string{"InputFile", "String"}},
		"caption":                        {types: []string{"String"}},
		"parse_mode":                     {types: []string{"String"}},
		"caption_entities":               {types: []string{"Array of MessageEntity"}},
		"disable_content_type_detection": {types: []string{"Boolean"}},
		"disable_notification":           {types: []string{"Boolean"}},
		"protect_content":                {types: []string{"Boolean"}},
		"allow_paid_broadcast":           {types: []string{"Boolean"}},
		"message_effect_id":              {types: []string{"String"}},
		"suggested_post_parameters":      {types: []string{"SuggestedPostParameters"}},
		"reply_parameters":               {types: []string{"ReplyParameters"}},
		"reply_markup":                   {types: []string{"InlineKeyboardMarkup", "ReplyKeyboardMarkup", "ReplyKeyboardRemove", "ForceReply"}},
	},
	"editMessageText": {
		"business_connection_id": {types: []string{"String"}},
		"chat_id":                {types: []string{"Integer", "String"}},
		"message_id":             {types: []string{"Integer"}},
		"inline_message_id":      {types: []string{"String"}},
		"text":                   {types: []string{"String"}},
		"parse_mode":             {types: []string{"String"}},
		"entities":               {types: []string{"Array of MessageEntity"}},
		"link_preview_options":   {types: []string{"LinkPreviewOptions"}},
		"rich_message":           {types: []string{"InputRichMessage"}},
		"reply_markup":           {types: []string{"InlineKeyboardMarkup"}},
	},
	"editMessageReplyMarkup": {
		"business_connection_id": {types: []string{"String"}},
		"chat_id":                {types: []string{"Integer", "String"}},
		"message_id":             {types: []string{"Integer"}},
		"inline_message_id":      {types: []string{"String"}},
		"reply_markup":           {types: []string{"InlineKeyboardMarkup"}},
	},
	"answerCallbackQuery": {
		"callback_query_id": {required: true, types: []string{"String"}},
		"text":              {types: []string{"String"}},
		"show_alert":        {types: []string{"Boolean"}},
		"url":               {types: []string{"String"}},
		"cache_time":        {types: []string{"Integer"}},
	},
	"getFile": {
		"file_id": {required: true, types: []string{"String"}},
	},
}

// objects are the objects whose fields are checked; of others only the kind of
// JSON value is.
var objects = map[string]map[string]field{
	"InlineKeyboardMarkup": {
		"inline_keyboard": {required: true, types: []string{"Array of Array of InlineKeyboardButton"}},
	},
	"InlineKeyboardButton": {
		"text":                             {required: true, types: []string{"String"}},
		"icon_custom_emoji_id":             {types: []string{"String"}},
		"style":                            {types: []string{"String"}},
		"url":                              {types: []string{"String"}},
		"callback_data":                    {types: []string{"String"}},
		"web_app":                          {types: []string{"WebAppInfo"}},
		"login_url":                        {types: []string{"LoginUrl"}},
		"switch_inline_query":              {types: []string{"String"}},
		"switch_inline_query_current_chat": {types: []string{"String"}},
		"switch_inline_query_chosen_chat":  {types: []string{"SwitchInlineQueryChosenChat"}},
		"copy_text":                        {types: []string{"CopyTextButton"}},
		"callback_game":                    {types: []string{"CallbackGame"}},
		"pay":                              {types: []string{"Boolean"}},
	},
	"BotCommand": {
		"command":     {required: true, types: []string{"String"}},
		"description": {required: true, types: []string{"String"}},
	},
	"LinkPreviewOptions": {
		"is_disabled":        {types: []string{"Boolean"}},
		"url":                {types: []string{"String"}},
		"prefer_small_media": {types: []string{"Boolean"}},
		"prefer_large_media": {types: []string{"Boolean"}},
		"show_above_text":    {types: []string{"Boolean"}},
	},
	"ReplyParameters": {
		"message_id":                  {required: true, types: []string{"Integer"}},
		"chat_id":                     {types: []string{"Integer", "String"}},
		"allow_sending_without_reply": {types: []string{"Boolean"}},
		"quote":                       {types: []string{"String"}},
		"quote_parse_mode":            {types: []string{"String"}},
		"quote_entities":              {types: []string{"Array of MessageEntity"}},
		"quote_position":              {types: []string{"Integer"}},
		"checklist_task_id":           {types: []string{"Integer"}},
		"poll_option_id":              {types: []string{"String"}},
	},
	"ForceReply": {
		"force_reply":             {required: true, types: []string{"Boolean"}},
		"input_field_placeholder": {types: []string{"String"}},
		"selective":               {types: []string{"Boolean"}},
	},
	"ReplyKeyboardRemove": {
		"remove_keyboard": {required: true, types: []string{"Boolean"}},
		"selective":       {types: []string{"Boolean"}},
	},
	"ReplyKeyboardMarkup": {
		"keyboard":                {required: true, types: []string{"Array of Array of KeyboardButton"}},
		"is_persistent":           {types: []string{"Boolean"}},
		"resize_keyboard":         {types: []string{"Boolean"}},
		"one_time_keyboard":       {types: []string{"Boolean"}},
		"input_field_placeholder": {types: []string{"String"}},
		"selective":               {types: []string{"Boolean"}},
	},
	"KeyboardButton": {
		"text":                 {required: true, types: []string{"String"}},
		"icon_custom_emoji_id": {types: []string{"String"}},
		"style":                {types: []string{"String"}},
		"request_users":        {types: []string{"KeyboardButtonRequestUsers"}},
		"request_chat":         {types: []string{"KeyboardButtonRequestChat"}},
		"request_managed_bot":  {types: []string{"KeyboardButtonRequestManagedBot"}},
		"request_contact":      {types: []string{"Boolean"}},
		"request_location":     {types: []string{"Boolean"}},
		"request_poll":         {types: []string{"KeyboardButtonPollType"}},
		"web_app":              {types: []string{"WebAppInfo"}},
	},
}
