using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Protocols;

namespace Gateflow.Tests.Conformance;

/// <summary>An answer in no protocol's words, whole or put together from a stream as a client would.</summary>
internal sealed record Outcome
{
    public string Text { get; init; } = "";

    /// <summary>Name and arguments of every call, in order.</summary>
    public IReadOnlyList<(string Name, string Arguments)> Calls { get; init; } = [];

    /// <summary>stop, length, tools or the protocol's own word.</summary>
    public string? Finish { get; init; }

    public int? Input { get; init; }

    public int? Output { get; init; }

    public bool Logprobs { get; init; }

    public static Outcome Read(Protocol protocol, string body, bool stream) => (protocol, stream) switch
    {
        (Protocol.Chat, false) => Chat(Json(body)),
        (Protocol.Chat, true) => ChatStream(Events(body)),
        (Protocol.Responses, false) => Responses(Json(body)),
        (Protocol.Responses, true) => Responses(Events(body).Single(e => (string?)e["type"] is "response.completed" or "response.incomplete")["response"]!.AsObject()) with
        {
            Text = string.Concat(Events(body).Where(e => (string?)e["type"] == "response.output_text.delta").Select(e => (string?)e["delta"])),
        },
        (Protocol.Messages, false) => Messages(Json(body)),
        (Protocol.Messages, true) => Messages(Message(Events(body))),
        _ => throw new ArgumentOutOfRangeException(nameof(protocol)),
    };

    private static Outcome Chat(JsonObject answer)
    {
        var choice = answer["choices"]![0]!;
        return new Outcome
        {
            Text = (string?)choice["message"]!["content"] ?? "",
            Calls = [.. choice["message"]!["tool_calls"]?.AsArray().Select(Call) ?? []],
            Finish = Word((string?)choice["finish_reason"]),
            Input = (int?)answer["usage"]?["prompt_tokens"],
            Output = (int?)answer["usage"]?["completion_tokens"],
            Logprobs = choice["logprobs"]?["content"] is JsonArray { Count: > 0 },
        };
    }

    private static (string Name, string Arguments) Call(JsonNode? call) => ((string)call!["function"]!["name"]!, (string)call["function"]!["arguments"]!);

    private static Outcome ChatStream(List<JsonObject> chunks)
    {
        var choices = chunks.Where(c => c["choices"] is JsonArray { Count: > 0 }).Select(c => c["choices"]![0]!).ToList();
        var calls = choices.SelectMany(c => c["delta"]?["tool_calls"]?.AsArray().Select(t => t!) ?? []).GroupBy(t => (int)t["index"]!).OrderBy(g => g.Key);
        return new Outcome
        {
            Text = string.Concat(choices.Select(c => (string?)c["delta"]?["content"])),
            Calls = [.. calls.Select(g => (
                string.Concat(g.Select(t => (string?)t["function"]?["name"])), string.Concat(g.Select(t => (string?)t["function"]?["arguments"]))))],
            Finish = Word(choices.Select(c => (string?)c["finish_reason"]).LastOrDefault(f => f is not null)),
            Input = (int?)chunks.Select(c => c["usage"]).OfType<JsonObject>().LastOrDefault()?["prompt_tokens"],
            Output = (int?)chunks.Select(c => c["usage"]).OfType<JsonObject>().LastOrDefault()?["completion_tokens"],
            Logprobs = choices.Any(c => c["logprobs"]?["content"] is JsonArray { Count: > 0 }),
        };
    }

    private static Outcome Responses(JsonObject answer)
    {
        var items = answer["output"]!.AsArray().Select(i => i!).ToList();
        var contents = items.Where(i => (string?)i["type"] == "message").SelectMany(i => i["content"]!.AsArray()).Select(c => c!).ToList();
        List<(string, string)> calls = [.. items.Where(i => (string?)i["type"] == "function_call").Select(i => ((string)i["name"]!, (string)i["arguments"]!))];
        return new Outcome
        {
            Text = string.Concat(contents.Select(c => (string?)c["text"])),
            Calls = calls,
            Finish = (string?)answer["status"] == "incomplete" ? Word((string?)answer["incomplete_details"]!["reason"]) : calls.Count > 0 ? "tools" : "stop",
            Input = (int?)answer["usage"]?["input_tokens"],
            Output = (int?)answer["usage"]?["output_tokens"],
            Logprobs = contents.Any(c => c["logprobs"] is JsonArray { Count: > 0 }),
        };
    }

    private static Outcome Messages(JsonObject message)
    {
        var blocks = message["content"]!.AsArray().Select(b => b!).ToList();
        return new Outcome
        {
            Text = string.Concat(blocks.Where(b => (string?)b["type"] == "text").Select(b => (string?)b["text"])),
            Calls = [.. blocks.Where(b => (string?)b["type"] == "tool_use").Select(b => ((string)b["name"]!, b["input"]!.ToJsonString()))],
            Finish = Word((string?)message["stop_reason"]),
            Input = (int?)message["usage"]?["input_tokens"],
            Output = (int?)message["usage"]?["output_tokens"],
        };
    }

    /// <summary>The message that a stream of events tells.</summary>
    private static JsonObject Message(List<JsonObject> events)
    {
        var message = events.Single(e => (string?)e["type"] == "message_start")["message"]!.DeepClone().AsObject();
        var blocks = new SortedDictionary<int, (JsonObject Block, System.Text.StringBuilder Input)>();
        foreach (var e in events)
        {
            switch ((string?)e["type"])
            {
                case "content_block_start":
                    blocks[(int)e["index"]!] = (e["content_block"]!.DeepClone().AsObject(), new());
                    break;
                case "content_block_delta" when (string?)e["delta"]!["type"] == "text_delta":
                    var block = blocks[(int)e["index"]!].Block;
                    block["text"] = (string?)block["text"] + (string?)e["delta"]!["text"];
                    break;
                case "content_block_delta" when (string?)e["delta"]!["type"] == "input_json_delta":
                    blocks[(int)e["index"]!].Input.Append((string?)e["delta"]!["partial_json"]);
                    break;
                case "message_delta":
                    message["stop_reason"] = e["delta"]!["stop_reason"]?.DeepClone();
                    foreach (var (name, count) in e["usage"]!.AsObject())
                    {
                        message["usage"]![name] = count?.DeepClone();
                    }

                    break;
            }
        }

        foreach (var (block, input) in blocks.Values.Where(b => b.Input.Length > 0))
        {
            block["input"] = JsonNode.Parse(input.ToString());
        }

        message["content"] = new JsonArray([.. blocks.Values.Select(b => b.Block)]);
        Assert.Contains(events, e => (string?)e["type"] == "message_stop");
        return message;
    }

    private static string? Word(string? finish) => finish switch
    {
        "stop" or "end_turn" or "stop_sequence" => "stop",
        "length" or "max_tokens" or "max_output_tokens" => "length",
        "tool_calls" or "tool_use" => "tools",
        _ => finish,
    };

    private static JsonObject Json(string body) => JsonNode.Parse(body)!.AsObject();

    private static List<JsonObject> Events(string body) =>
        [.. body.Split('\n').Where(l => l.StartsWith("data: {", StringComparison.Ordinal)).Select(l => Json(l["data: ".Length..]))];
}
