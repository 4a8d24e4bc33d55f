-- Sends random requests. Arguments: the file of requests, and "gzip" or "plain". A line is a token, and the body after a
-- space; without one, the request is for the first page.
local requests = {}
local threads = 0

function setup(thread)
    threads = threads + 1
    thread:set("seed", threads)
end

function init(args)
    math.randomseed(os.time() + seed)
    local headers = {["Content-Type"] = "application/json"}
    if args[2] == "gzip" then
        headers["Accept-Encoding"] = "gzip"
    end
    for line in io.lines(args[1]) do
        local token, body = line:match("^(%S+) ?(.*)$")
        headers["Authorization"] = "Bearer " .. token
        requests[#requests + 1] = wrk.format("POST", "/my_chats", headers, body ~= "" and body or '{"page":1,"size":20}')
    end
end

function request()
    return requests[math.random(#requests)]
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format("\nRESULT %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
