'use strict';

// The page of the demonstration. It knows nothing of the service's rules: it
// shows what /api says, and says back what was typed or pressed. Every text is
// put in as text, never as markup; the HTML of a mail is shown in a frame in
// which no script runs.

const $ = (id) => document.getElementById(id);

// el makes an element: properties first, then children (strings become text).
function el(tag, props = {}, ...children) {
  const e = Object.assign(document.createElement(tag), props);
  e.append(...children.filter((c) => c !== null && c !== undefined));
  return e;
}

const page = {
  state: null, // the last /api/state
  chosen: decodeURIComponent(location.hash.slice(1)), // id of the person shown
  person: null, // the last /api/person/{chosen}
  shown: '', // the person and content on screen, to leave alone what did not change
  drafts: new Map(), // what is being written, by mail id
  opened: new Map(), // mails opened or closed by hand, by person and mail id
  known: new Map(), // ids of the chat messages seen, by person
  follows: '', // the person the story showed last
};

// ---- talking to the service

async function get(path) {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

async function post(path, body) {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return true;
  } catch (err) {
    complain(err);
    return false;
  } finally {
    await refresh();
  }
}

let quiet;
function complain(err) {
  const unreachable = err instanceof TypeError;
  const words = unreachable ? 'La dimostrazione si è fermata: riavviala e ricarica la pagina.' : err.message.trim();
  $('toast').textContent = words.length > 0 && words.length < 300 ? words : 'Qualcosa non ha funzionato. Riprova.';
  $('toast').hidden = false;
  clearTimeout(quiet);
  quiet = setTimeout(() => { $('toast').hidden = true; }, 6000);
}

// refresh reads all again; while it runs, further calls are one more run.
let running = null;
let again = false;
function refresh() {
  if (running) {
    again = true;
    return running;
  }
  running = (async () => {
    do {
      again = false;
      try {
        await read();
      } catch (err) {
        complain(err);
      }
    } while (again);
  })().finally(() => { running = null; });
  return running;
}

async function read() {
  const before = page.state;
  const state = await get('/api/state');
  page.state = state;
  follow(state, before);
  if (!state.people.some((p) => p.id === page.chosen)) page.chosen = state.people.length ? state.people[0].id : '';
  showState();
  if (!page.chosen) return;
  const chosen = page.chosen;
  const person = await get('/api/person/' + encodeURIComponent(chosen));
  if (chosen !== page.chosen) { // somebody else was chosen meanwhile
    again = true;
    return;
  }
  page.person = person;
  showPerson();
}

// follow shows the person the story speaks of: the one it names, or else the
// first to whom something new came.
function follow(state, before) {
  if (!state.story.running || !before) {
    page.follows = '';
    return;
  }
  const unread = new Map(before.people.map((p) => [p.id, p.unread]));
  const reached = state.people.find((p) => p.id !== page.chosen && p.unread > (unread.get(p.id) || 0));
  const guest = state.story.person || (reached && reached.id);
  const channel = state.story.channel || '';
  if (!guest || guest + channel === page.follows) return; // whoever looks elsewhere meanwhile may
  page.follows = state.story.person ? guest + channel : '';
  page.chosen = guest;
  const p = state.people.find((one) => one.id === guest);
  if (channel || (p && p.channel !== 'both')) look(channel || p.channel);
  if (matchMedia('(max-width: 900px)').matches) {
    (document.body.classList.contains('at-mail') ? $('post') : $('talk')).scrollIntoView({ block: 'end' });
  }
}

// listen waits for changes; where the stream breaks, the browser opens it anew.
function listen() {
  const events = new EventSource('/api/events');
  events.onmessage = refresh;
  events.onopen = refresh;
}

// ---- the top of the page

function count(n, one, many) {
  return n === 1 ? '1 ' + one : n + ' ' + many;
}

function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function showState() {
  const { state } = page;
  put($('now'), state.nowWords);
  $('now').dateTime = state.now;
  put($('next'), state.next ? 'Poi: ' + state.next : '');
  $('clock-next').disabled = !state.next;
  const { actions, minutes } = state.office;
  put($('office'), 'Questa settimana l\'ufficio: ' + (actions === 0 ? 'ancora nessuna azione' :
    `${count(actions, 'azione', 'azioni')}, circa ${count(minutes, 'minuto', 'minuti')}`));
  showStory(state.story);
  showPeople(state.people);
}

const opening = 'Un Comune dice che cosa gli serve, la Provincia apre il corso, le persone partecipano. Bastano la chat e l’email.';

function showStory(story) {
  const ended = !story.running && story.step >= story.of;
  put($('story-caption'), story.caption || opening);
  put($('story-start'), ended ? 'Guarda di nuovo' : 'Guarda in un minuto');
  $('story').classList.toggle('running', story.running);
  $('story-start').hidden = story.running;
  $('story-next').hidden = !story.running;
  put($('story-next'), story.step >= story.of ? 'Fine' : 'Avanti');
  $('story-stop').hidden = !story.running;
  [...$('steps').children].forEach((step, i) => {
    const here = story.running && i + 1 === story.step;
    step.classList.toggle('here', here);
    step.classList.toggle('done', i + 1 < story.step || (ended && story.step > 0));
    if (here) step.setAttribute('aria-current', 'step');
    else step.removeAttribute('aria-current');
  });
}

const colours = ['#0d4a63', '#2f6a43', '#7a4b12', '#6a3a6e', '#8c3b2e', '#35568a', '#4d5a1e', '#5b4a86'];
const channels = { chat: 'chat', mail: 'email', both: 'chat, email' };

function showPeople(people) {
  const list = $('people');
  const old = new Map([...list.children].map((li) => [li.dataset.person, li]));
  people.forEach((p, i) => {
    let li = old.get(p.id);
    old.delete(p.id);
    const unread = p.id === page.chosen ? 0 : p.unread; // who is open is being read
    const looks = JSON.stringify({ ...p, unread });
    if (!li) {
      li = el('li');
      li.dataset.person = p.id;
      li.append(el('button', { type: 'button', onclick: () => choose(p.id) }));
    }
    if (list.children[i] !== li) list.insertBefore(li, list.children[i] || null);
    const button = li.firstChild;
    if (li.dataset.looks !== looks) {
      li.dataset.looks = looks;
      const initials = p.name.split(/\s+/).map((w) => w[0]).slice(0, 2).join('').toUpperCase();
      const face = el('span', { className: 'face' }, initials);
      face.setAttribute('aria-hidden', 'true');
      face.style.background = colours[i % colours.length];
      button.replaceChildren(
        face,
        el('span', { className: 'who' }, el('b', {}, p.name), el('span', {}, p.role), el('span', {}, p.org)),
        el('span', { className: 'ways' },
          el('span', {}, channels[p.channel] || ''),
          unread ? el('span', { className: 'unread' }, String(unread), el('span', { className: 'unseen' }, ' da leggere')) : null),
      );
    }
    if (p.id === page.chosen) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  });
  old.forEach((li) => li.remove());
}

function choose(id) {
  page.chosen = id;
  history.replaceState(null, '', '#' + encodeURIComponent(id));
  const p = page.state.people.find((one) => one.id === id);
  if (p && p.channel === 'mail') look('mail');
  if (p && p.channel === 'chat') look('chat');
  showPeople(page.state.people);
  refresh();
}

// look shows the chat or the post where there is no room for both.
function look(at) {
  document.body.classList.toggle('at-mail', at === 'mail');
  $('tab-chat').setAttribute('aria-pressed', String(at !== 'mail'));
  $('tab-mail').setAttribute('aria-pressed', String(at === 'mail'));
}

// ---- one person

function showPerson() {
  const content = page.chosen + JSON.stringify(page.person);
  if (content === page.shown) return;
  const moved = !page.shown.startsWith(page.chosen + '{');
  page.shown = content;
  const p = page.state.people.find((one) => one.id === page.chosen);
  document.querySelectorAll('.whose').forEach((e) => put(e, 'di ' + p.name));
  const log = $('chat');
  const atEnd = moved || log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  showChat(p);
  showMail(p, moved);
  const sees = page.person.sees || [];
  $('sees').hidden = sees.length === 0;
  put($('sees').querySelector('h3'), 'Che cosa vede ' + p.name + ': ');
  $('sees').querySelector('ul').replaceChildren(...sees.map((s) => el('li', {}, s)));
  if (moved) $('say-text').value = '';
  // Last, when everything around the chat has its height.
  if (atEnd) log.scrollTop = log.scrollHeight;
}

// bold turns *words* into strong ones; everything else stays as written.
function bold(text) {
  const parts = text.split(/(?<![\p{L}\p{N}*])\*([^*\n]+)\*(?![\p{L}\p{N}*])/u);
  return parts.map((part, i) => (i % 2 ? el('strong', {}, part) : part)); // every other one is what stood between stars
}

function files(list) {
  if (!list || !list.length) return null;
  return el('div', { className: 'files' }, ...list.map((f) => el('button', { type: 'button', onclick: () => openFile(f) }, f.name)));
}

// pressing sends one act and keeps the finger from sending it twice.
async function pressing(button, path, body) {
  button.disabled = true;
  const sent = await post(path, body);
  button.disabled = false;
  return sent;
}

function showChat(p) {
  const log = $('chat');
  const who = p.id;
  const known = page.known.get(who);
  const messages = page.person.chat || [];
  const bubbles = messages.map((m) => {
    const bubble = el('div', { className: 'bubble' + (m.mine ? ' mine' : '') + (known && !known.has(m.id) ? ' new' : '') },
      el('div', { className: m.text ? 'text' : 'text bare' },
        el('span', { className: 'unseen' }, m.mine ? p.name + ': ' : 'Servizio formazione: '),
        ...bold(m.text),
        el('small', {}, m.edited ? m.at + ', aggiornato' : m.at)),
      ...(m.buttons || []).map((row) => el('div', { className: 'row' }, ...row.map((b) => {
        const button = el('button', { type: 'button' }, b.label);
        button.onclick = () => pressing(button, '/api/press', { person: who, message: m.id, data: b.data });
        return button;
      }))),
      files(m.files));
    bubble.dataset.message = m.id;
    return bubble;
  });
  page.known.set(who, new Set(messages.map((m) => m.id)));
  $('say').hidden = p.channel === 'mail';
  const none = p.channel === 'mail'
    ? p.name + ' usa l’email e non ha bisogno della chat.'
    : 'Ancora nessun messaggio. Scrivi che cosa serve, per esempio «ci serve un corso sugli appalti».';
  log.replaceChildren(...(bubbles.length ? bubbles : [el('p', { className: 'empty' }, none)]));
}

// ---- post

function showMail(p, moved) {
  const box = $('mail');
  // What is being written and where the pen stands outlive the redrawing.
  const active = document.activeElement;
  const pen = active && active.dataset && active.dataset.draft && !moved
    ? { id: active.dataset.draft, start: active.selectionStart, end: active.selectionEnd } : null;
  const old = new Map(moved ? [] : [...box.children].map((e) => [e.dataset.mail, e]));
  const mails = [...(page.person.mail || [])].reverse();
  const firstToOpen = mails.find((m) => !m.mine);
  const letters = mails.map((m) => {
    const byHand = page.opened.get(p.id + ' ' + m.id);
    const open = byHand === undefined ? m === firstToOpen : byHand;
    const looks = JSON.stringify([m, open]);
    const same = old.get(m.id);
    if (same && same.dataset.looks === looks) return same; // keeps its frame loaded
    const letter = drawLetter(p, m, open);
    letter.dataset.mail = m.id;
    letter.dataset.looks = looks;
    letter.classList.toggle('fresh', !m.mine && !moved && !same);
    return letter;
  });
  const none = p.channel === 'chat'
    ? p.name + ' usa la chat. Qui non è ancora arrivato niente.'
    : 'Nessuna email. Con «Scrivi» ne mandi una al servizio formazione.';
  const wanted = letters.length ? letters : [el('p', { className: 'empty' }, none)];
  [...box.children].forEach((e) => { if (!wanted.includes(e)) e.remove(); });
  wanted.forEach((e, i) => { if (box.children[i] !== e) box.insertBefore(e, box.children[i] || null); });
  if (moved) {
    $('new-mail').hidden = true;
    box.scrollTop = 0;
  }
  if (pen) {
    const text = [...box.querySelectorAll('textarea')].find((t) => t.dataset.draft === pen.id);
    if (text) {
      text.focus();
      text.setSelectionRange(pen.start, pen.end);
    }
  }
}

function drawLetter(p, m, open) {
  const subject = (m.mine && (m.text || '').trim().split('\n')[0].slice(0, 120)) || m.subject || 'senza oggetto';
  const title = el('button', { type: 'button' },
    el('span', {}, m.mine ? 'Risposta di ' + p.name : m.from), el('span', {}, m.at), el('b', {}, subject));
  title.setAttribute('aria-expanded', String(open));
  title.onclick = () => {
    page.opened.set(p.id + ' ' + m.id, !open);
    page.shown = '';
    showMail(p, false);
  };
  const letter = el('article', { className: 'letter' + (m.mine ? ' mine' : '') }, el('h3', {}, title));
  if (!open) return letter;
  const inside = el('div', { className: 'open' });
  letter.append(inside);
  if (m.html) inside.append(frame(p, m));
  else inside.append(el('pre', {}, ...bold(m.text || '')));
  const attached = files(m.files);
  if (attached) inside.append(attached);
  if (!m.mine) inside.append(replyForm(p, m));
  return letter;
}

// frame shows the HTML of a mail as a mail program would: no script runs in
// it, nothing is loaded, and its mailto: buttons fill the reply.
function frame(p, m) {
  const f = el('iframe', { title: 'Testo dell’email «' + (m.subject || '') + '»' });
  f.setAttribute('sandbox', 'allow-same-origin');
  f.srcdoc = '<base target="_blank">' + m.html;
  f.onload = () => {
    const doc = f.contentDocument;
    if (!doc || !doc.body) return;
    doc.body.style.font = '15px/1.4 system-ui, "Liberation Sans", sans-serif';
    doc.body.style.margin = '0';
    f.style.height = doc.documentElement.scrollHeight + 4 + 'px';
    doc.addEventListener('click', (event) => {
      const link = event.target.closest && event.target.closest('a[href]');
      if (!link) return;
      event.preventDefault();
      if (!link.href.startsWith('mailto:')) return;
      const body = new URLSearchParams(link.href.split('?')[1] || '').get('body') || '';
      write(m.id, body.split('\n')[0].trim());
    });
  };
  return f;
}

function write(mail, words) {
  page.drafts.set(mail, words);
  const text = [...document.querySelectorAll('textarea')].find((t) => t.dataset.draft === mail);
  if (text) {
    text.value = words;
    text.focus();
    text.scrollIntoView({ block: 'nearest' });
  }
}

function replyForm(p, m) {
  const id = 'reply-' + m.id;
  const text = el('textarea', { id, rows: 2, maxLength: 20000, value: page.drafts.get(m.id) || '' });
  text.dataset.draft = m.id;
  text.oninput = () => page.drafts.set(m.id, text.value);
  const send = el('button', { type: 'submit' }, 'Invia');
  const form = el('form', { className: 'reply' });
  if (m.buttons && m.buttons.length) {
    form.append(el('div', { className: 'row' }, ...m.buttons.map((b) => {
      const button = el('button', { type: 'button' }, b.label);
      button.onclick = () => pressing(button, '/api/reply', { person: p.id, mail: m.id, text: b.word });
      return button;
    })));
  }
  form.append(el('label', { htmlFor: id }, 'Rispondi con parole tue'), el('div', { className: 'pen' }, text, send));
  form.onsubmit = async (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words) {
      text.focus();
      return;
    }
    page.drafts.delete(m.id);
    text.value = '';
    if (!await pressing(send, '/api/reply', { person: p.id, mail: m.id, text: words })) write(m.id, words);
  };
  return form;
}

// ---- attachments

async function openFile(f) {
  put($('file-name'), f.name);
  $('file-save').href = f.url;
  $('file-save').download = f.name;
  const body = $('file-body');
  body.replaceChildren('Apro…');
  $('file').showModal();
  const kind = f.name.toLowerCase().split('.').pop();
  try {
    if (['png', 'jpg', 'jpeg', 'gif', 'svg', 'webp'].includes(kind)) {
      body.replaceChildren(el('img', { src: f.url, alt: f.name }));
    } else if (kind === 'pdf') {
      body.replaceChildren(el('iframe', { src: f.url, title: f.name }));
    } else if (['ics', 'txt', 'csv', 'json', 'md'].includes(kind)) {
      const answer = await fetch(f.url);
      if (!answer.ok) throw new Error('Il file non si apre.');
      const text = await answer.text();
      body.replaceChildren(...(kind === 'ics' ? appointments(text) : [el('pre', {}, text)]));
    } else {
      body.replaceChildren(el('p', {}, 'Questo tipo di file non si vede qui: scaricalo.'));
    }
  } catch (err) {
    body.replaceChildren(el('p', {}, 'Il file non si apre. Riprova, oppure scaricalo.'));
  }
}

// appointments shows a calendar file as a person would read it.
function appointments(ics) {
  const lines = ics.replace(/\r?\n[ \t]/g, '').split(/\r?\n/);
  const events = [];
  let event = null;
  const cancelled = lines.includes('METHOD:CANCEL');
  for (const line of lines) {
    if (line === 'BEGIN:VEVENT') event = {};
    else if (line === 'END:VEVENT' && event) {
      events.push(event);
      event = null;
    } else if (event) {
      const colon = line.search(/:(?=(?:[^"]*"[^"]*")*[^"]*$)/);
      if (colon > 0) event[line.slice(0, colon).split(';')[0]] = line.slice(colon + 1).replace(/\\n/gi, '\n').replace(/\\([,;\\])/g, '$1');
    }
  }
  if (!events.length) return [el('pre', {}, ics)];
  return events.map((e) => {
    const off = cancelled || e.STATUS === 'CANCELLED';
    return el('div', { className: 'event' + (off ? ' off' : '') },
      el('b', {}, e.SUMMARY || 'Appuntamento'),
      off ? el('p', {}, 'Annullato: il calendario lo toglie.') : null,
      el('p', {}, when(e.DTSTART, e.DTEND)),
      e.LOCATION ? el('p', {}, e.LOCATION) : null);
  });
}

// when puts 20270311T080000Z (or a local time) into words, in Rome's time.
function when(start, end) {
  const read = (s) => {
    const m = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(s || '');
    if (!m) return null;
    const [, y, mo, d, h = '0', mi = '0', , z] = m;
    return { at: new Date(Date.UTC(+y, mo - 1, +d, +h, +mi)), zone: z ? 'Europe/Rome' : 'UTC', timed: m[4] !== undefined };
  };
  const from = read(start);
  if (!from) return '';
  const say = (t, o) => t.at.toLocaleString('it-IT', { timeZone: t.zone, ...o });
  const day = say(from, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  if (!from.timed) return day;
  const hour = { hour: 'numeric', minute: '2-digit' };
  const to = read(end);
  return day + ', ore ' + say(from, hour) + (to ? '–' + say(to, hour) : '');
}

// ---- what the buttons of the page do

function begin() {
  $('say').onsubmit = async (event) => {
    event.preventDefault();
    const input = $('say-text');
    const text = input.value.trim();
    if (!text) return;
    input.value = '';
    if (!await post('/api/say', { person: page.chosen, text })) input.value = text;
    input.focus();
  };
  $('new-mail').onsubmit = async (event) => {
    event.preventDefault();
    const text = $('new-text').value.trim();
    if (!text) return;
    $('new-text').value = '';
    $('new-mail').hidden = true;
    // No mail is named: this one begins a conversation.
    if (await post('/api/reply', { person: page.chosen, mail: '', text })) return;
    $('new-text').value = text;
    $('new-mail').hidden = false;
  };
  $('write').onclick = () => {
    $('new-mail').hidden = false;
    $('new-text').focus();
  };
  $('new-close').onclick = () => {
    $('new-mail').hidden = true;
    $('write').focus();
  };
  $('clock-next').onclick = (e) => pressing(e.currentTarget, '/api/clock', { to: 'next' });
  $('clock-tomorrow').onclick = (e) => pressing(e.currentTarget, '/api/clock', { to: 'tomorrow' });
  $('story-start').onclick = (e) => pressing(e.currentTarget, '/api/story', { action: 'start' });
  $('story-next').onclick = (e) => pressing(e.currentTarget, '/api/story', { action: 'next' });
  $('story-stop').onclick = (e) => pressing(e.currentTarget, '/api/story', { action: 'stop' });
  $('tab-chat').onclick = () => look('chat');
  $('tab-mail').onclick = () => look('mail');
  $('sight-open').onclick = () => {
    const open = $('sight').classList.toggle('open');
    $('sight-open').setAttribute('aria-expanded', String(open));
  };
  $('file-close').onclick = () => $('file').close();
  window.addEventListener('hashchange', () => choose(decodeURIComponent(location.hash.slice(1))));
  refresh();
  listen();
}

begin();
