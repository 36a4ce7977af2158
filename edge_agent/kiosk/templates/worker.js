// A page that is asked for in the moment in which the device goes, or that a form is sent to: a page of our own instead of the browser's.
"use strict";

const GONE = {{ page | tojson }};

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(
    fetch(event.request).catch(() => new Response(GONE, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } })),
  );
});
