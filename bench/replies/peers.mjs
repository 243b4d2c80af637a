// Reads one JSON string a line, the plain text of a mail, and writes what each
// of the two peers takes for the reply, as one JSON object a line.
import { createInterface } from 'node:readline'
import EmailReplyParser from 'email-reply-parser'
import planer from 'planer'

const attempt = (read) => {
  try {
    return read() ?? ''
  } catch {
    return null // it counts as wrong
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const text = JSON.parse(line)
  console.log(JSON.stringify({
    'email-reply-parser': attempt(() => new EmailReplyParser().read(text).getVisibleText()),
    planer: attempt(() => planer.extractFrom(text, 'text/plain')),
  }))
}
