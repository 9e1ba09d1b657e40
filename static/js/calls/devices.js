// Camera, microphone and screen; why one of them could not be had, as one of the codes that the ladder knows.

const CODES = {
  NotAllowedError: "declined", SecurityError: "declined", NotReadableError: "device_busy", AbortError: "device_busy",
  TrackStartError: "device_busy",
};
const PICTURE = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 24, max: 30 } };

export function causeOf(error, kind) {
  return CODES[error?.name] ?? (kind === "video" ? "no_camera" : "no_microphone");
}

async function one(kind, wanted) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ [kind]: wanted });
    return { track: stream.getTracks()[0], cause: "" };
  } catch (error) {
    return { track: null, cause: causeOf(error, kind) };
  }
}

// Both at once asks the person once; when that fails, each for itself tells which it was.
// Gives {audio, video} with {track, cause} each.
export async function openDevices({ facing = "user" } = {}) {
  const nothing = { track: null, cause: "browser_unsupported" };
  if (!navigator.mediaDevices?.getUserMedia) return { audio: nothing, video: nothing };
  const video = { ...PICTURE, facingMode: facing };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video });
    return { audio: { track: stream.getAudioTracks()[0], cause: "" }, video: { track: stream.getVideoTracks()[0], cause: "" } };
  } catch {
    return { audio: await one("audio", true), video: await one("video", video) };
  }
}

export const openCamera = (facing) => one("video", { ...PICTURE, facingMode: facing });

export async function otherCamera(track) {
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
  if (cameras.length < 2) return null;
  const here = cameras.findIndex(({ deviceId }) => deviceId === track?.getSettings().deviceId);
  track?.stop(); // a telephone opens one camera at a time
  return one("video", { ...PICTURE, deviceId: { exact: cameras[(here + 1) % cameras.length].deviceId } });
}

export async function countCameras() {
  if (!navigator.mediaDevices?.enumerateDevices) return 0;
  return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput").length;
}

export async function openScreen() {
  try {
    return (await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } } })).getVideoTracks()[0];
  } catch {
    return null; // they chose nothing
  }
}
