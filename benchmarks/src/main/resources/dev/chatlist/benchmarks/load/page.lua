-- Requests the first page of a random user. Arguments: the file of tokens, and "gzip" or "plain".
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
    for token in io.lines(args[1]) do
        headers["Authorization"] = "Bearer " .. token
        requests[#requests + 1] = wrk.format("POST", "/my_chats", headers, '{"page":1,"size":20}')
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
