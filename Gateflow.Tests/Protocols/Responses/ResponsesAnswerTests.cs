#pragma warning disable OPENAI001 // the SDK marks its whole Responses client as experimental
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Protocols.Responses;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;
using OpenAI.Responses;

namespace Gateflow.Tests.Protocols.Responses;

/// <summary>An answer's parts, told as a response, in the official SDK's own types.</summary>
public sealed class ResponsesAnswerTests
{
    private static readonly AnswerPart[] Everything =
    [
        new Started("chatcmpl-1"),
        new ReasoningDelta("Let me "), new ReasoningDelta("see."), new ReasoningDelta("", "c2ln"), new ReasoningDelta("", null, "cmVk"),
        new TextDelta("Hé"), new TextDelta("llo\n"), new RefusalDelta("But no."),
        new ToolStart(0, "call_1", "f") { Signature = "Z2Vt" }, new ToolStart(1, "call_2", "g"),
        new ToolArguments(0, "{\"a\":"), new ToolArguments(1, "{}"), new ToolArguments(0, "1}"),
        new Finished(Finish.ToolCalls), new Counted(20, 4, null, 9, 3),
    ];

    [Fact]
    public void Whole_EveryKindOfPart_IsAnItemOfTheSdk()
    {
        var response = ModelReaderWriter.Read<ResponseResult>(BinaryData.FromString(Written(Everything, stream: false)))!;

        Assert.Equal(("resp_abc", "model-x", ResponseStatus.Completed), (response.Id, response.Model, response.Status));
        Assert.Equal(
            ["thoughts", "thoughts", "message", "thoughts", "call", "call"],
            response.OutputItems.Select(item => item switch { ReasoningResponseItem => "thoughts", MessageResponseItem => "message", FunctionCallResponseItem => "call", _ => "other" }));
        var thoughts = response.OutputItems.OfType<ReasoningResponseItem>().ToList();
        Assert.Equal(("Let me see.", "gateflow.signature:c2ln"), (thoughts[0].GetSummaryText(), thoughts[0].EncryptedContent));
        Assert.Equal(["gateflow.redacted:cmVk", "gateflow.call:call_1:Z2Vt"], thoughts.Skip(1).Select(t => t.EncryptedContent));
        var message = response.OutputItems.OfType<MessageResponseItem>().Single();
        Assert.Equal(("Héllo\n", "But no.", MessageStatus.Completed), (message.Content[0].Text, message.Content[1].Refusal, message.Status));
        Assert.Equal(
            [("call_1", "f", "{\"a\":1}"), ("call_2", "g", "{}")],
            response.OutputItems.OfType<FunctionCallResponseItem>().Select(call => (call.CallId, call.FunctionName, call.FunctionArguments.ToString())));
        var usage = response.Usage;
        Assert.Equal((20, 4, 9, 3, 29), (usage.InputTokenCount, usage.InputTokenDetails.CachedTokenCount, usage.OutputTokenCount, usage.OutputTokenDetails.ReasoningTokenCount, usage.TotalTokenCount));
    }

    /// <summary>Without a mark OpenAI would look for the item under its id, once the conversation goes on there.</summary>
    [Fact]
    public void Stream_ThoughtsWithoutProof_AreMarkedOnceTheyAreDone()
    {
        var events = Events(Written([new ReasoningDelta("Hm."), new TextDelta("Hi"), new Finished(Finish.Stop)], stream: true));

        var proofs = events.Select(e => (e.Name, Item: JsonNode.Parse(e.Data)!["item"])).Where(e => (string?)e.Item?["type"] == "reasoning").Select(e => (e.Name, (string?)e.Item!["encrypted_content"]));
        Assert.Equal([("response.output_item.added", null), ("response.output_item.done", "gateflow.none:")], proofs);
    }

    [Fact]
    public void Stream_AddsUpToTheWholeAnswer()
    {
        var events = Events(Written(Everything, stream: true));
        var updates = events.Select(e => ModelReaderWriter.Read<StreamingResponseUpdate>(BinaryData.FromString(e.Data))!).ToList();

        Assert.Equal(Enumerable.Range(0, events.Count), updates.Select(update => update.SequenceNumber));
        Assert.All(events, e => Assert.Equal(e.Name, (string?)JsonNode.Parse(e.Data)!["type"]));
        Assert.Equal(["response.created", "response.in_progress", "response.output_item.added", "response.reasoning_summary_part.added"], events.Take(4).Select(e => e.Name));
        Assert.Equal("Héllo\n", string.Concat(updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Select(u => u.Delta)));
        Assert.Equal("But no.", string.Concat(updates.OfType<StreamingResponseRefusalDeltaUpdate>().Select(u => u.Delta)));
        Assert.Equal("{\"a\":1}", string.Concat(updates.OfType<StreamingResponseFunctionCallArgumentsDeltaUpdate>().Where(u => u.OutputIndex == 4).Select(u => u.Delta.ToString())));
        Assert.Equal(6, updates.OfType<StreamingResponseOutputItemDoneUpdate>().Count());
        var end = JsonNode.Parse(events[^1].Data)!["response"];
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Written(Everything, stream: false)), end));
        Assert.True(JsonNode.DeepEquals(
            end!["output"],
            new JsonArray([.. events.Where(e => e.Name == "response.output_item.done").Select(e => JsonNode.Parse(e.Data)!).OrderBy(e => (int)e["output_index"]!).Select(e => e["item"]!.DeepClone())])));
    }

    [Theory]
    [InlineData(Finish.Length, "incomplete", "max_output_tokens")]
    [InlineData(Finish.ContentFilter, "incomplete", "content_filter")]
    [InlineData(Finish.Stop, "completed", null)]
    [InlineData(Finish.None, "completed", null)]
    internal void Finish_IsTheStatus(Finish finish, string status, string? reason)
    {
        AnswerPart[] parts = [new TextDelta("Hel"), new Finished(finish)];
        var whole = JsonNode.Parse(Written(parts, stream: false))!;

        Assert.Equal((status, reason, status), ((string?)whole["status"], (string?)whole["incomplete_details"]?["reason"], (string?)whole["output"]![0]!["status"]));
        Assert.Equal(0, (int)whole["usage"]!["total_tokens"]!); // SDKs demand an object at the end
        Assert.Equal($"response.{status}", Events(Written(parts, stream: true))[^1].Name);
    }

    [Fact]
    public void Logprobs_AreToldWithTheirText()
    {
        var token = JsonSerializer.SerializeToElement(new[] { new { token = "H", logprob = -0.25, bytes = new[] { 72 }, top_logprobs = Array.Empty<object>() } });
        AnswerPart[] parts = [new TextDelta("H"), new LogprobsDelta(token), new TextDelta("i"), new Finished(Finish.Stop)];

        var events = Events(Written(parts, stream: true, new ModelRequest { Messages = [], Logprobs = true }));

        Assert.Equal([("H", 1), ("i", 0)], events.Where(e => e.Name == "response.output_text.delta").Select(e => JsonNode.Parse(e.Data)!).Select(e => ((string)e["delta"]!, e["logprobs"]!.AsArray().Count)));
        Assert.Equal("H", (string?)JsonNode.Parse(events[^1].Data)!["response"]!["output"]![0]!["content"]![0]!["logprobs"]![0]!["token"]);
    }

    [Fact]
    public void Settings_AreRepeatedInTheSdksTypes()
    {
        var request = new ModelRequest
        {
            Messages = [],
            MaxTokens = 9,
            Temperature = 0.5,
            Tools = [new Tool("f", "d", JsonSerializer.SerializeToElement(new { type = "object" }), true), new Tool("g", null, null)],
            ToolChoice = new ToolChoice(ToolChoiceKind.Named, "f"),
            ParallelToolCalls = false,
            Format = new ResponseFormat(FormatKind.Schema, "n", null, JsonSerializer.SerializeToElement(new { type = "object" }), true),
            Reasoning = new Reasoning("low", Summary: "auto"),
            Metadata = JsonSerializer.SerializeToElement(new { k = "v" }),
            User = "u",
        };

        var response = ModelReaderWriter.Read<ResponseResult>(BinaryData.FromString(Written([new TextDelta("x")], stream: false, request)))!;

        Assert.Equal((9, 0.5f, false, "u", "v"), (response.MaxOutputTokenCount, response.Temperature, response.ParallelToolCallsEnabled, response.EndUserId, response.Metadata["k"]));
        Assert.Equal(["f", "g"], response.Tools.Cast<FunctionTool>().Select(tool => tool.FunctionName));
        Assert.Equal((ResponseToolChoiceKind.Function, "f"), (response.ToolChoice.Kind, response.ToolChoice.FunctionName));
        Assert.Equal((ResponseReasoningEffortLevel.Low, ResponseTextFormatKind.JsonSchema), (response.ReasoningOptions.ReasoningEffortLevel, response.TextOptions.TextFormat.Kind));
    }

    private static string Written(AnswerPart[] parts, bool stream, ModelRequest? request = null)
    {
        var context = new AnswerContext("req_abc", "model-x", DateTimeOffset.UnixEpoch.AddDays(20_000), request ?? new ModelRequest { Messages = [] }, stream, IncludeUsage: false);
        var writer = new ResponsesProtocol().CreateWriter(context);
        using var output = new PooledBody(16);
        foreach (var part in parts)
        {
            writer.Add(part, output);
        }

        writer.Complete(output);
        return Encoding.UTF8.GetString(output.Span);
    }

    private static List<(string Name, string Data)> Events(string stream)
    {
        Assert.EndsWith("\n\n", stream, StringComparison.Ordinal);
        return [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('\n')).Select(lines =>
        {
            Assert.Equal(2, lines.Length);
            return (lines[0]["event: ".Length..], lines[1]["data: ".Length..]);
        })];
    }
}
