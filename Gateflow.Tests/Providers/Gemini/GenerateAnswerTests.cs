using System.Text;
using System.Text.Json;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Providers.Gemini;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Providers.Gemini;

public sealed class GenerateAnswerTests
{
    [Fact]
    public void ReadWhole_Everything_IsTold()
    {
        var parts = Read("""
            {"responseId":"r1","candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"Hm","thought":true},{"text":"Hi"},
               {"functionCall":{"name":"f","args":{"x":[1,"é"]},"id":"c1"},"thoughtSignature":"c2ln"},{"functionCall":{"name":"g"}}]},
               "logprobsResult":{"chosenCandidates":[{"token":"é","tokenId":5,"logProbability":-0.5}],"topCandidates":[{"candidates":[{"token":"é","logProbability":-0.5},{"token":"e","logProbability":-2}]}]},
               "finishReason":"STOP"}],
             "usageMetadata":{"promptTokenCount":20,"cachedContentTokenCount":5,"toolUsePromptTokenCount":2,"candidatesTokenCount":7,"thoughtsTokenCount":3,"totalTokenCount":32}}
            """);

        Assert.Equal(new Started("r1"), parts[0]);
        Assert.Equal(new ReasoningDelta("Hm"), parts[1]);
        Assert.Equal(new TextDelta("Hi"), parts[2]);
        Assert.Equal(new ToolStart(0, "c1", "f") { Signature = "c2ln" }, parts[3]);
        Assert.Equal(new ToolArguments(0, """{"x":[1,"é"]}"""), parts[4]);
        Assert.Equal((1, "g"), Assert.IsType<ToolStart>(parts[5]) is var call ? (call.Index, call.Name) : default);
        Assert.NotEmpty(((ToolStart)parts[5]).Id);
        Assert.Equal(new ToolArguments(1, "{}"), parts[6]);
        var logprobs = Assert.IsType<LogprobsDelta>(parts[7]).Content;
        Assert.True(JsonElement.DeepEquals(
            JsonElement.Parse("""[{"token":"é","logprob":-0.5,"bytes":[195,169],"top_logprobs":[{"token":"é","logprob":-0.5,"bytes":[195,169]},{"token":"e","logprob":-2,"bytes":[101]}]}]"""), logprobs), logprobs.GetRawText());
        Assert.Equal(new Finished(Finish.ToolCalls), parts[8]);
        Assert.Equal(new Counted(22, 5, null, 10, 3), parts[9]);
    }

    [Theory]
    [InlineData("""{"candidates":[{"finishReason":"MAX_TOKENS","index":0}]}""", (int)Finish.Length)]
    [InlineData("""{"candidates":[{"finishReason":"SAFETY","safetyRatings":[]}]}""", (int)Finish.ContentFilter)]
    [InlineData("""{"candidates":[{"content":{},"finishReason":"RECITATION"}]}""", (int)Finish.ContentFilter)]
    [InlineData("""{"candidates":[{"finishReason":"OTHER"}]}""", (int)Finish.Other)]
    [InlineData("""{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":4}}""", (int)Finish.ContentFilter)]
    public void ReadWhole_Ends_AreTold(string answer, int expected) =>
        Assert.Equal((Finish)expected, Assert.Single(Read(answer).OfType<Finished>()).Reason);

    [Theory]
    [InlineData("MALFORMED_FUNCTION_CALL")]
    [InlineData("UNEXPECTED_TOOL_CALL")]
    [InlineData("TOO_MANY_TOOL_CALLS")]
    [InlineData("MISSING_THOUGHT_SIGNATURE")]
    [InlineData("MALFORMED_RESPONSE")]
    public void ReadWhole_AnswerBrokenOff_IsAFailure(string reason)
    {
        var parts = Read($$$"""{"candidates":[{"content":{},"finishReason":"{{{reason}}}","index":0}],"usageMetadata":{"promptTokenCount":4}}""");

        Assert.Equal((502, $"The model broke its answer off: {reason}."), Assert.Single(parts.OfType<Failed>()).Error is var error ? (error.Status, error.Message) : default);
        Assert.Empty(parts.OfType<Finished>());
        Assert.Single(parts.OfType<Counted>());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"\ud800"}]}}]}""")]
    public void ReadWhole_OtherThings_AreNoAnswer(string answer) =>
        Assert.False(new GenerateAnswerParser().TryReadWhole(Encoding.UTF8.GetBytes(answer), []));

    [Fact]
    public void ReadEvent_Error_IsAFailure()
    {
        var parts = new List<AnswerPart>();

        Assert.True(new GenerateAnswerParser().TryReadEvent("""{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}"""u8, null, parts));

        Assert.Equal((503, "Overloaded"), Assert.IsType<Failed>(Assert.Single(parts)).Error is var error ? (error.Status, error.Message) : default);
    }

    [Theory]
    [InlineData(400, """{"error":{"code":400,"message":"API key not valid.","details":[{"reason":"API_KEY_INVALID"}]}}""", AttemptResult.Unauthorized, 502, null)]
    [InlineData(403, """{"error":{"code":403,"message":"Consumer 'api_key:AIzaSecret' has been suspended."}}""", AttemptResult.Unauthorized, 403, "Consumer 'api_key:***' has been suspended.")]
    [InlineData(404, """[{"error":{"code":404,"message":"models/x is not found"}}]""", AttemptResult.ModelNotFound, 404, "models/x is not found")]
    [InlineData(429, """{"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED"}}""", AttemptResult.RateLimited, 429, "Quota")]
    [InlineData(500, "<html>", AttemptResult.ServerError, 502, null)]
    public void Errors_OfGoogle_AreClassifiedAndTold(int status, string body, AttemptResult result, int told, string? message)
    {
        var bytes = Encoding.UTF8.GetBytes(body);

        Assert.Equal(result, GoogleErrors.Classify(status, bytes));
        var error = GoogleErrors.Read(status, bytes, "g");
        Assert.Equal(told, error.Status);
        Assert.Equal(message ?? error.Message, error.Message);
    }

    [Theory]
    [InlineData("""{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}""", 34.5)]
    [InlineData("""{"error":{"details":[{"retryDelay":"-1s"},{"retryDelay":7},{}]}}""", null)]
    [InlineData("""{"error":{"details":{}}}""", null)]
    [InlineData("no", null)]
    public void RetryAfter_RetryInfo_IsRead(string body, double? seconds) =>
        Assert.Equal(seconds, GoogleErrors.RetryAfter(Encoding.UTF8.GetBytes(body))?.TotalSeconds);

    private static List<AnswerPart> Read(string answer)
    {
        var parts = new List<AnswerPart>();
        Assert.True(new GenerateAnswerParser().TryReadWhole(Encoding.UTF8.GetBytes(answer), parts));
        return parts;
    }
}
