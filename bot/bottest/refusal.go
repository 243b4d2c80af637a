package bottest

import (
	"fmt"
	"net/http"

	json "github.com/go-json-experiment/json/v1"
)

// apiError is a refusal in Telegram's form.
type apiError struct {
	code       int
	text       string
	retryAfter int
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.code, e.text) }

func bad(format string, args ...any) *apiError {
	return &apiError{code: http.StatusBadRequest, text: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func answerFailure(w http.ResponseWriter, f *Failure) {
	if f.Garbage != "" {
		w.WriteHeader(f.Code)
		_, _ = w.Write([]byte(f.Garbage))
		return
	}
	refuse(w, &apiError{code: f.Code, text: f.Description, retryAfter: f.RetryAfter})
}

func refuse(w http.ResponseWriter, e *apiError) {
	body := map[string]any{"ok": false, "error_code": e.code, "description": e.text}
	if e.retryAfter > 0 {
		body["parameters"] = map[string]any{"retry_after": e.retryAfter}
	}
	writeJSON(w, e.code, body)
}

func writeJSON(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body)
}
