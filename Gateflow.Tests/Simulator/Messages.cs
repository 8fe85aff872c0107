using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Tests.Simulator;

/// <summary>Short ways to ask the simulator in Anthropic's protocol and to read its answers.</summary>
internal static class Messages
{
    public const string Path = "/v1/messages";

    public static JsonObject Body(string prompt, string model = "claude-x", bool stream = false) => new()
    {
        ["model"] = model,
        ["max_tokens"] = 4096,
        ["stream"] = stream,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt }),
    };

    /// <summary>A body with fields added or replaced.</summary>
    public static JsonObject With(this JsonObject body, string name, [StringSyntax(StringSyntaxAttribute.Json)] string json)
    {
        body[name] = JsonNode.Parse(json);
        return body;
    }

    /// <summary>With the headers that Anthropic demands.</summary>
    public static Task<HttpResponseMessage> MessageAsync(this SimulatorHost simulator, JsonNode body, string path = Path, string version = "2023-06-01")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("x-api-key", "sk-ant-any");
        request.Headers.Add("anthropic-version", version);

        return simulator.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>Posts and reads a success.</summary>
    public static async Task<JsonElement> CreateAsync(this SimulatorHost simulator, JsonNode body)
    {
        using var response = await simulator.MessageAsync(body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await response.JsonAsync();
    }

    /// <summary>Posts and reads the message of a refusal, after checking its shape.</summary>
    public static async Task<string> RefusedAsync(this SimulatorHost simulator, JsonNode body, int status = 400, string type = "invalid_request_error")
    {
        using var response = await simulator.MessageAsync(body);
        Assert.Equal(status, (int)response.StatusCode);
        var answer = await response.JsonAsync();
        Assert.Equal("error", answer.GetProperty("type").GetString());
        Assert.Equal(response.Headers.GetValues("request-id").Single(), answer.GetProperty("request_id").GetString());
        Assert.Equal(type, answer.GetProperty("error").GetProperty("type").GetString());
        return answer.GetProperty("error").GetProperty("message").GetString()!;
    }

    /// <summary>Name and data of every event, after checking the framing.</summary>
    public static async Task<List<(string Name, JsonElement Data)>> StreamAsync(this SimulatorHost simulator, JsonObject body)
    {
        body["stream"] = true;
        using var response = await simulator.MessageAsync(body);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return NamedEvents(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public static List<(string Name, JsonElement Data)> NamedEvents(string stream)
    {
        var events = new List<(string, JsonElement)>();
        Assert.EndsWith("\n\n", stream, StringComparison.Ordinal);
        foreach (var block in stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = block.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
            Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
            var data = JsonElement.Parse(lines[1]["data: ".Length..]);
            Assert.Equal(lines[0]["event: ".Length..], data.GetProperty("type").GetString());
            events.Add((lines[0]["event: ".Length..], data));
        }

        return events;
    }

    /// <summary>The text blocks, joined.</summary>
    public static string Text(JsonElement message)
    {
        var text = new StringBuilder();
        foreach (var block in Blocks(message, "text"))
        {
            text.Append(block.GetProperty("text").GetString());
        }

        return text.ToString();
    }

    public static List<JsonElement> Blocks(JsonElement message, string type) =>
        [.. message.GetProperty("content").EnumerateArray().Where(block => block.GetProperty("type").GetString() == type)];
}
