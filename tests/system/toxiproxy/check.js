// The npm client of Toxiproxy against `hubbub proxy`: every call it has, and what the toxics do to a real socket.
// node check.js API_URL
"use strict";
const net = require("net");
const {Toxiproxy} = require("toxiproxy-node-client");

function check(condition, what) {
    if (!condition) throw new Error(`not so: ${what}`);
    console.log(`ok: ${what}`);
}

async function refused(promise, status, what) {
    try {
        await promise;
    } catch (error) {
        return check(String(error.message).includes(String(status)), `${what} -> ${status}`);
    }
    throw new Error(`${what} was not refused`);
}

// What comes back for these bytes: {text, ended: "end" | "reset"}; `until`: enough of it.
function exchange(listen, bytes, until) {
    const [host, port] = listen.split(":");
    return new Promise((resolve) => {
        let text = "";
        const socket = net.connect(Number(port), host, () => socket.write(bytes));
        const done = (ended) => {
            socket.destroy();
            resolve({text, ended});
        };
        socket.on("data", (data) => {
            text += data;
            if (until && text.length >= until) done("enough");
        });
        socket.on("end", () => done("end"));
        socket.on("error", (error) => done(error.code === "ECONNRESET" ? "reset" : error.code));
    });
}

function echoServer() {
    return new Promise((resolve) => {
        const server = net.createServer((socket) => {
            socket.on("error", () => {});
            socket.pipe(socket);
        });
        server.listen(0, "127.0.0.1", () => resolve(server));
    });
}

async function main() {
    const toxiproxy = new Toxiproxy(process.argv[2]);
    const server = await echoServer();
    const upstream = `127.0.0.1:${server.address().port}`;

    check(JSON.parse(await toxiproxy.getVersion()).version.startsWith("2."), "getVersion");
    const proxy = await toxiproxy.createProxy({name: "echo", listen: "localhost:0", upstream});
    check(proxy.enabled && proxy.upstream === upstream && !proxy.listen.endsWith(":0"), "createProxy");
    check((await toxiproxy.get("echo")).listen === proxy.listen, "get");
    check(Object.keys(await toxiproxy.getAll()).join() === "echo", "getAll");
    check((await exchange(proxy.listen, "hello", 5)).text === "hello", "the proxy carries");
    await refused(toxiproxy.createProxy({name: "echo", listen: "localhost:0", upstream}), 409, "the same name again");
    await refused(toxiproxy.get("nobody"), 404, "an unknown proxy");
    await refused(proxy.addToxic({type: "magic", attributes: {}}), 400, "an unknown toxic");

    // Every toxic that the client has types for.
    const kinds = [
        ["latency", {latency: 20, jitter: 5}],
        ["bandwidth", {rate: 1000}],
        ["slow_close", {delay: 10}],
        ["timeout", {timeout: 0}],
        ["slicer", {average_size: 2, delay: 100, size_variation: 1}],
        ["limit_data", {bytes: 1000}],
        ["reset_peer", {timeout: 60000}],
    ];
    for (const [type, attributes] of kinds) {
        for (const stream of ["upstream", "downstream"]) {
            const toxic = await proxy.addToxic({name: `${type}-${stream}`, type, stream, toxicity: 1, attributes});
            const same = Object.keys(attributes).every((key) => toxic.attributes[key] === attributes[key]) &&
                Object.keys(toxic.attributes).length === Object.keys(attributes).length;
            check(same && toxic.type === type && toxic.stream === stream && toxic.toxicity === 1, `addToxic ${type} ${stream}`);
            check((await proxy.getToxic(toxic.name)).name === toxic.name, `getToxic ${toxic.name}`);
            toxic.toxicity = 0.5;
            const updated = await toxic.update(toxic.toJson());
            check(updated.toxicity === 0.5 && updated.attributes !== undefined, `update ${toxic.name}`);
            await toxic.remove();
            await refused(proxy.getToxic(toxic.name), 404, `remove ${toxic.name}`);
        }
    }

    await proxy.addToxic({type: "limit_data", attributes: {bytes: 3}});
    const limited = await exchange(proxy.listen, "hello");
    check(limited.text === "hel" && limited.ended === "end", "limit_data bites");
    await toxiproxy.reset();
    await proxy.addToxic({type: "reset_peer", stream: "upstream", attributes: {timeout: 0}});
    check((await exchange(proxy.listen, "hello")).ended === "reset", "reset_peer bites");
    await toxiproxy.reset();
    check((await exchange(proxy.listen, "hello", 5)).text === "hello", "reset removes the toxics");

    const down = await proxy.update({enabled: false, listen: proxy.listen, upstream});
    check(!down.enabled && (await exchange(proxy.listen, "hello")).ended === "ECONNREFUSED", "update: disabled, nobody listens");
    await toxiproxy.reset();
    check((await toxiproxy.get("echo")).enabled && (await exchange(proxy.listen, "hello", 5)).text === "hello", "reset enables it");

    const populated = await toxiproxy.populate([{name: "echo", listen: proxy.listen, upstream}, {name: "more", listen: "localhost:0", upstream}]);
    check(Object.keys(populated).sort().join() === "echo,more" && populated.echo.listen === proxy.listen, "populate");
    await populated.more.remove();
    await refused(toxiproxy.get("more"), 404, "a removed proxy");
    server.close();
    process.exit(0);
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
