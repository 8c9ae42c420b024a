vcl 4.1;

backend default {
    .host = "@host@";
    .port = "@origin_port@";
}

sub vcl_recv {
    if (req.url == "/missing") {
        return (synth(404, "Not Found"));
    }
    if (req.url == "/fails") {
        return (synth(500, "Internal Server Error"));
    }
    if (req.url != "/hello.txt") {
        return (pass);
    }
}
