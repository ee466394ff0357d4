// Asks for the features by the settings of the sliders, and draws them: time to the right, frequency upwards.
const part = (id) => document.getElementById(id);
const controls = [...document.querySelectorAll("[data-setting]")];
let shown = null;
let asked = 0;

// Dark blue to yellow, by brightness, so that it reads without color too.
const COLORS = [[12, 16, 44], [59, 28, 104], [130, 42, 106], [198, 71, 77], [240, 131, 43], [249, 208, 66], [252, 255, 190]];
const color = (share) => {
  const at = share * (COLORS.length - 1);
  const left = Math.min(COLORS.length - 2, Math.floor(at));
  return COLORS[left].map((low, i) => low + (at - left) * (COLORS[left + 1][i] - low));
};

const settings = () => {
  const query = new URLSearchParams();
  for (const each of controls) {
    query.set(each.dataset.setting, each.type === "checkbox" ? each.checked : each.value);
    const told = each.nextElementSibling;
    if (told?.tagName === "OUTPUT") told.textContent = `${Number(each.value)} ${told.dataset.unit}`.trim();
  }
  return query;
};

const drawFeatures = () => {
  const { frames, channels, bytes } = shown;
  const canvas = part("heard");
  [canvas.width, canvas.height] = [frames, channels];
  const values = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const image = new ImageData(frames, channels);
  for (let frame = 0; frame < frames; frame++) {
    for (let channel = 0; channel < channels; channel++) {
      const at = 4 * ((channels - 1 - channel) * frames + frame);
      image.data.set([...color(values[frame * channels + channel] / 255), 255], at);
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  shown.values = values;
};

const drawOutline = () => {
  const canvas = part("outline");
  const scale = window.devicePixelRatio || 1;
  [canvas.width, canvas.height] = [canvas.clientWidth * scale, canvas.clientHeight * scale];
  const context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  const most = Math.max(1, ...shown.outline.flat().map(Math.abs));
  const width = canvas.width / shown.outline.length;
  shown.outline.forEach(([low, high], i) => {
    const [top, bottom] = [high, low].map((value) => (1 - value / most) * canvas.height / 2);
    context.fillRect(i * width, top, Math.max(1, width), Math.max(scale, bottom - top));
  });
};

const show = async () => {
  const mine = ++asked;
  let found;
  try {
    found = await (await fetch(`features?${settings()}`)).json();
  } catch {
    found = { error: "nas view-audio has ended; start it again" };
  }
  if (mine !== asked) return;
  part("error").textContent = found.error ?? "";
  part("heard").classList.toggle("stale", "error" in found);
  if (found.error) return;
  shown = found;
  drawFeatures();
  drawOutline();
  const { filterbank_lower_band_limit: low, filterbank_upper_band_limit: high, mfcc_coefficients: cepstral } = found.front_end;
  part("begin").textContent = "0 s";
  part("under").textContent = cepstral ? `coefficients 0 to ${cepstral - 1}, upwards` : `${low} to ${high} Hz, upwards`;
  part("end").textContent = `${found.seconds.toFixed(2)} s`;
  part("cost").textContent = found.cost;
  part("toml").textContent = found.settings;
};

// Says the number under the pointer.
part("heard").addEventListener("pointermove", (event) => {
  if (!shown) return;
  const box = event.target.getBoundingClientRect();
  const frame = Math.min(shown.frames - 1, Math.floor((event.clientX - box.left) / box.width * shown.frames));
  const channel = shown.channels - 1 - Math.min(shown.channels - 1, Math.floor((event.clientY - box.top) / box.height * shown.channels));
  if (frame < 0 || channel < 0) return;
  part("under").textContent = `frame ${frame}, ${shown.front_end.mfcc_coefficients ? "coefficient" : "channel"} ${channel}: ${shown.values[frame * shown.channels + channel] - 128}`;
});

part("record")?.addEventListener("click", async ({ target }) => {
  target.disabled = true;
  target.textContent = "Recording";
  const answer = await fetch("record", { method: "POST" }).then((got) => got.json(), () => ({ error: "nas view-audio has ended" }));
  target.disabled = false;
  target.textContent = "Record again";
  await show();
  if (answer.error) part("error").textContent = answer.error;
});
for (const each of controls) each.addEventListener("input", show);
addEventListener("resize", () => shown && drawOutline());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => shown && drawOutline());
show();
