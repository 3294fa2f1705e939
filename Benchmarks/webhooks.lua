-- wrk script: every request is a fresh event of about 2 KB, signed as Stripe signs.
-- Arguments: path, secret, a word that makes this round's event ids its own, the events' type: customer.updated, which
-- is kept, or payment_intent.succeeded, which becomes a job.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct evp_md_st EVP_MD;
  const EVP_MD *EVP_sha256(void);
  unsigned char *HMAC(const EVP_MD *md, const void *key, int key_len, const unsigned char *d, size_t n,
                      unsigned char *out, unsigned int *out_len);
]]
local crypto = ffi.load("libcrypto.so.3")

local threads = 0
function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(arguments)
  path, secret, round, event = arguments[1], arguments[2], arguments[3], arguments[4]
  count, digest, hex = 0, ffi.new("unsigned char[32]"), {}
  for byte = 0, 255 do hex[byte] = string.format("%02x", byte) end
  filler = string.rep("x", 1500)
end

local objects = {
  ["customer.updated"] = function(name, now)
    return string.format(
      '{"id":"cus_%s","object":"customer","created":%d,"currency":"eur","email":"a@example.com","livemode":false,' ..
      '"metadata":{"note":"%s"},"name":"A. Buyer"}', name, now, filler)
  end,
  ["payment_intent.succeeded"] = function(name, now)
    return string.format(
      '{"id":"pi_%s","object":"payment_intent","created":%d,"currency":"eur","amount":1000,"amount_received":1000,' ..
      '"status":"succeeded","livemode":false,"metadata":{"note":"%s"}}', name, now, filler)
  end,
}

local function signature(text)
  crypto.HMAC(crypto.EVP_sha256(), secret, #secret, text, #text, digest, nil)
  local parts = {}
  for index = 0, 31 do parts[index + 1] = hex[digest[index]] end
  return table.concat(parts)
end

function request()
  count = count + 1
  local now = os.time()
  local name = string.format("%s_%d_%d", round, id, count)
  local body = string.format(
    '{"id":"evt_%s","object":"event","api_version":"2026-10-28.endive","created":%d,"livemode":false,' ..
    '"type":"%s","pending_webhooks":1,"request":{"id":"req_1","idempotency_key":null},"data":{"object":%s}}',
    name, now, event, objects[event](name, now))
  local header = string.format("t=%d,v1=%s", now, signature(now .. "." .. body))
  return wrk.format("POST", path, { ["Stripe-Signature"] = header, ["Content-Type"] = "application/json" }, body)
end

function done(summary, latency)
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%f,"errors":%d,"p50_ms":%f,"p99_ms":%f}\n', summary.requests,
    summary.duration / 1e6,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
