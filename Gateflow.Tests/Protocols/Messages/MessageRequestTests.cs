using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Providers.Anthropic;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Protocols.Messages;

/// <summary>Chat completions as they are written for Anthropic.</summary>
public sealed class MessageRequestTests
{
    private const string Question = """{"role":"user","content":"Hi"}""";

    [Theory]
    [InlineData("claude-opus-4-1", ""","max_tokens":64000,"reasoning_effort":"max" """, 32_000, 31_999, "max_tokens:clamped(32000), thinking.budget_tokens:clamped(31999)")]
    [InlineData("claude-opus-4-1", ""","reasoning_effort":"max" """, 32_000, 31_999, "max_tokens:defaulted(32000), thinking.budget_tokens:clamped(31999)")]
    [InlineData("claude-opus-4-1", ""","max_tokens":32000""", 32_000, null, "")]
    [InlineData("claude-x", ""","max_tokens":999999""", 999_999, null, "")]
    public void Write_Limit_IsWithinWhatTheModelIsKnownToAnswer(string model, string asked, int sent, int? budget, string noted)
    {
        var json = Write(model, Question, asked, out var notes);

        Assert.Equal((sent, budget), ((int)json["max_tokens"]!, (int?)json["thinking"]?["budget_tokens"]));
        Assert.Equal(noted, notes.ToString());
    }

    [Fact]
    public void Write_InstructionsBetweenTurns_AreNotedOnce()
    {
        const string Instruction = """{"role":"system","content":"Hurry"}""";

        Write("claude-x", $"{Question},{Instruction},{Question},{Instruction}", ""","max_tokens":9""", out var notes);

        Assert.Equal("messages.role:mapped(user)", notes.ToString());
    }

    [Fact]
    public void Write_InstructionsAlone_AreTheQuestion()
    {
        var json = Write("claude-x", """{"role":"system","content":"Tell a joke"},{"role":"developer","content":"A short one"}""", ""","max_tokens":9""", out var notes);

        Assert.Equal("""[{"role":"user","content":[{"type":"text","text":"Tell a joke"},{"type":"text","text":"A short one"}]}]""", json["messages"]!.ToJsonString());
        Assert.Null(json["system"]);
        Assert.Equal("messages.role:mapped(user)", notes.ToString());
    }

    /// <summary>Responses mean a list by the name that is an object here.</summary>
    [Fact]
    public void Write_WishesThatOtherProtocolsHave_AreNoted()
    {
        var json = Write("claude-x", Question, ""","max_tokens":9,"context_management":[{"type":"compaction"}],"prompt_cache_options":{},"fallbacks":[]""", out var notes);

        Assert.Equal("context_management:dropped, prompt_cache_options:dropped, fallbacks:dropped", notes.ToString());
        Assert.Equal(["model", "max_tokens", "messages"], json.Select(static member => member.Key));
    }

    [Theory]
    [InlineData("auto", """{"type":"auto","disable_parallel_tool_use":true}""")]
    [InlineData("required", """{"type":"any","disable_parallel_tool_use":true}""")]
    [InlineData("none", """{"type":"none"}""")] // which has no such member
    public void Write_OneCallAtATime_IsToldWhereThereMayBeCalls(string choice, string expected)
    {
        var json = Write("claude-x", Question, $$""","max_tokens":9,"tools":[{"type":"function","function":{"name":"f"} }],"tool_choice":"{{choice}}","parallel_tool_calls":false""", out _);

        Assert.Equal(expected, json["tool_choice"]!.ToJsonString());
    }

    [Theory]
    [InlineData(""","functions":[{"name":"f","parameters":{"type":"object"}}]""", true)]
    [InlineData(""","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]""", null)]
    public void Write_CallerOfTheOlderForm_AsksForOneCall(string tools, bool? expected)
    {
        var json = Write("claude-x", Question, ""","max_tokens":9""" + tools, out _);

        Assert.Equal(expected, (bool?)json["tool_choice"]?["disable_parallel_tool_use"]);
    }

    private static JsonObject Write(string model, string messages, string more, out ShimNotes notes)
    {
        var request = ChatRequestReader.Read(Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[{{messages}}]{{more}}}"""));
        var provider = new ProviderEndpoint { Name = "p", Type = ProviderType.Anthropic, BaseUrl = new Uri("http://p") };
        return MessageRequestWriter.Write(request, new ModelEndpoint(provider, model), notes = new ShimNotes());
    }
}
