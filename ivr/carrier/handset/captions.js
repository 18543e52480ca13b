// The conversation in words, as bubbles that follow each other.

/** Shows captions; `names` says what each side is called, `own` whose phone this is. */
export class Captions {
  constructor(list, empty, names, own) {
    Object.assign(this, { list, empty, names, own });
  }

  clear(invitation) {
    this.list.replaceChildren();
    this.empty.textContent = invitation;
    this.empty.hidden = false;
  }

  add(who, text, at) {
    if (!text) return;
    this.empty.hidden = true;
    const isAtEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 80;
    const isSame = this.list.lastElementChild?.dataset.who === who;
    const bubble = document.createElement("li");
    bubble.dataset.who = who;
    bubble.className = who === this.own ? "own" : "other";
    bubble.classList.toggle("follows", isSame);
    const head = part("p", "head", this.names[who] ?? who);
    head.append(part("time", "at", at));
    bubble.append(head, part("p", "text", text));
    this.list.append(bubble);
    if (isAtEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  note(text) {
    this.empty.hidden = true;
    const line = part("li", "note", text);
    this.list.append(line);
    this.list.scrollTop = this.list.scrollHeight;
  }
}

function part(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}
