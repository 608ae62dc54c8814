// The phone's position: watches, keeps the best fix, refuses old ones. Knows no page; its callers show what it finds.

export const GOOD_M = 20, POOR_M = 50, ENOUGH_M = 5; // metres: good, worth a warning, stop
const OLDEST_MS = 10_000;

/** Whether a fix is fresh enough to be believed (a cached one from the last site is worse than none). */
export function isFresh(fix, now = Date.now()) {
  return now - fix.timestamp <= OLDEST_MS;
}

/** The better of two fixes: the more accurate one. */
export function better(one, other) {
  if (!one) return other;
  return other.coords.accuracy <= one.coords.accuracy ? other : one;
}

/** "good", "fair" or "poor" for an accuracy in metres. */
export function quality(accuracy) {
  return accuracy <= GOOD_M ? "good" : accuracy <= POOR_M ? "fair" : "poor";
}

/**
 * Watches until a fix of 5 m or `stop()`. Calls found(fix, done) for each better fix and failed(code) when there is none.
 * @returns {() => void} stop
 */
export function watch(found, failed, geolocation = navigator.geolocation) {
  if (!geolocation) { failed("unavailable"); return () => {}; }
  let best = null;
  const id = geolocation.watchPosition((fix) => {
    if (!isFresh(fix)) return;
    if (better(best, fix) !== fix) return;
    best = fix;
    const done = fix.coords.accuracy <= ENOUGH_M;
    if (done) geolocation.clearWatch(id);
    found(fix, done);
  }, (error) => { if (error.code === 1) { geolocation.clearWatch(id); failed("denied"); } else if (!best) failed("unavailable"); },
  { enableHighAccuracy: true, maximumAge: 0, timeout: 30_000 });
  return () => geolocation.clearWatch(id);
}

/** Metres between two positions (haversine, mean earth radius 6,371,008.8 m), as survey/places.py. */
export function distance(lat1, lon1, lat2, lon2) {
  const r = Math.PI / 180;
  const a = Math.sin(((lat2 - lat1) * r) / 2) ** 2 + Math.cos(lat1 * r) * Math.cos(lat2 * r) * Math.sin(((lon2 - lon1) * r) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(a)));
}
