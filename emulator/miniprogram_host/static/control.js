// The emulator's control API, which plays WeChat's servers and this phone's owner.

export async function post(gesture, body) {
  const answer = await fetch(`/sim/${gesture}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const facts = await answer.json();
  if (!answer.ok) throw new Error(facts.message);
  return facts;
}
