using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols.Messages;
using Gateflow.Gateway.Providers.OpenAI;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Providers.OpenAI;

/// <summary>What Anthropic's protocol allows and OpenAI refuses, in both of its APIs.</summary>
public sealed class OpenAIRequestTests
{
    private const string Limit = "\"max_tokens\":50";

    [Theory]
    [InlineData(false, ProviderType.OpenAI)]
    [InlineData(false, ProviderType.AzureOpenAI)]
    [InlineData(true, ProviderType.OpenAI)]
    public void Write_IdsOfUsersThatAreTooLong_AreHashed(bool responses, ProviderType type)
    {
        var json = Write(responses, Users(65), out var notes, type);

        Assert.Equal("f20e249d15fa4b9f44ba21d154f62e1efa76ddfdce5d25139a33a4787cee5a8b", (string?)json["user"]);
        Assert.Equal("375a1f00946e079bda6820d494cf811c15f49604a484ae79e224398ef4db54c3", (string?)json["safety_identifier"]);
        Assert.Equal("user:mapped(sha256), safety_identifier:mapped(sha256)", notes.ToString());
    }

    [Theory]
    [InlineData(64, ProviderType.OpenAI)]
    [InlineData(150, ProviderType.OpenAICompatible)]
    public void Write_IdsOfUsersThatAreTaken_StayAsTheyAre(int length, ProviderType type)
    {
        var json = Write(responses: false, Users(length), out var notes, type);

        Assert.Equal((new string('u', length), new string('s', length)), ((string?)json["user"], (string?)json["safety_identifier"]));
        Assert.True(notes.IsEmpty, notes.ToString());
    }

    [Theory]
    [InlineData(true, """{"type":"object","properties":{"required":{"type":"string","default":{"properties":{}}}},"required":["required"],"additionalProperties":false}""")]
    [InlineData(false, """{"type":"object"}""")]
    [InlineData(false, """{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}""")]
    [InlineData(false, """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"],"additionalProperties":false}""")]
    [InlineData(false, """{"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{"b":{}},"additionalProperties":false}}},"required":["a"],"additionalProperties":false}""")]
    public void Write_StrictToolsAndFormats_AreStrictWhereTheSchemaIsClosed(bool closed, string schema)
    {
        var request = Read(
            $$$"""{{{Limit}}},"tools":[{"name":"f","strict":true,"input_schema":{{{schema}}}}],"output_config":{"format":{"type":"json_schema","schema":{{{schema}}}}}""");

        var chat = Write(responses: false, request, out var chatNotes);
        var responses = Write(responses: true, request, out var responsesNotes);

        var strict = closed ? true : default(bool?);
        Assert.Equal((strict, strict), ((bool?)chat["tools"]![0]!["function"]!["strict"], (bool?)chat["response_format"]!["json_schema"]!["strict"]));
        Assert.Equal((closed, closed), ((bool)responses["tools"]![0]!["strict"]!, (bool)responses["text"]!["format"]!["strict"]!));
        Assert.All((ShimNotes[])[chatNotes, responsesNotes], notes => Assert.Equal(closed ? "" : "tools.strict:dropped", notes.ToString()));
    }

    [Theory]
    [InlineData("gpt-4o", 100_000, 16_384, "max_tokens:clamped(16384)")]
    [InlineData("gpt-4o", 16_384, 16_384, "")]
    [InlineData("in-house", 100_000, 100_000, "")]
    public void Write_Limit_IsWithinWhatTheModelIsKnownToAnswer(string model, int asked, int sent, string noted)
    {
        var facts = ModelCatalog.Embedded.Find("openai", model);
        var request = Read($"\"max_tokens\":{asked}");

        var chat = Write(responses: false, request, out var chatNotes, facts: facts);
        var responses = Write(responses: true, request, out var responsesNotes, facts: facts);

        Assert.Equal((sent, sent), ((int)chat["max_completion_tokens"]!, (int)responses["max_output_tokens"]!));
        Assert.All((ShimNotes[])[chatNotes, responsesNotes], notes => Assert.Equal(noted, notes.ToString()));
    }

    [Theory]
    [InlineData(false, ProviderType.OpenAI, "gpt-5", "medium", "thinking:mapped(reasoning_effort=medium)")]
    [InlineData(true, ProviderType.OpenAI, "gpt-5", "medium", "thinking:mapped(reasoning_effort=medium)")]
    [InlineData(false, ProviderType.AzureOpenAI, "gpt-5", "medium", "thinking:mapped(reasoning_effort=medium)")]
    [InlineData(false, ProviderType.OpenAI, "gpt-4o", null, "thinking:dropped")]
    [InlineData(true, ProviderType.OpenAI, "gpt-4o", null, "thinking:dropped")]
    [InlineData(false, ProviderType.AzureOpenAI, "in-house", null, "thinking:dropped")]
    [InlineData(false, ProviderType.OpenAICompatible, "in-house", null, "")] // its models choose themselves
    public void Write_ThinkingThatTheModelChooses_IsAnEffortWhereItIsKnownToThink(bool responses, ProviderType type, string model, string? effort, string noted)
    {
        var json = Write(responses, Read($$"""{{Limit}},"thinking":{"type":"adaptive"}"""), out var notes, type, ModelCatalog.Embedded.Find("openai", model));

        Assert.Equal(effort, (string?)(responses ? json["reasoning"]?["effort"] : json["reasoning_effort"]));
        Assert.Equal(noted, notes.ToString());
    }

    [Theory]
    [InlineData(ProviderType.OpenAI, null, false)]
    [InlineData(ProviderType.AzureOpenAI, "false", false)]
    [InlineData(ProviderType.OpenAI, "true", true)]
    [InlineData(ProviderType.OpenAICompatible, null, true)]
    public void Write_MetadataInChat_GoesWithWhatIsStored(ProviderType type, string? store, bool carried)
    {
        var others = new Dictionary<string, JsonElement>();
        if (store is not null)
        {
            others["store"] = JsonElement.Parse(store);
        }

        var request = Read(Limit) with { Metadata = JsonElement.Parse("""{"team":"a"}"""), Others = others };

        var json = Write(responses: false, request, out var notes, type);

        Assert.Equal((carried ? "a" : null, carried ? "" : "metadata:dropped"), ((string?)json["metadata"]?["team"], notes.ToString()));
        Assert.Equal("a", (string?)Write(responses: true, request with { Others = new Dictionary<string, JsonElement>() }, out _)["metadata"]!["team"]);
    }

    [Theory]
    [InlineData(ProviderType.OpenAI, 4, false)]
    [InlineData(ProviderType.OpenAI, 5, true)]
    [InlineData(ProviderType.AzureOpenAI, 5, true)]
    [InlineData(ProviderType.OpenAICompatible, 5, false)]
    public void Write_MoreStopSequencesThanAreTaken_AreRefusedByName(ProviderType type, int count, bool refused)
    {
        var request = Read(Limit) with { Stop = [.. Enumerable.Range(0, count).Select(static i => $"END{i}")] };

        var fault = Record.Exception(() => Write(responses: false, request, out _, type));

        Assert.Equal(refused ? ("stop", "unsupported_by_target") : default, fault is NotCarriedException { Error: var error } ? (error.Param!, error.Code!) : default);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_DocumentsOfText_AreNotedOnce(bool responses)
    {
        const string Document = """{"type":"document","source":{"type":"text","media_type":"text/plain","data":"abc"}}""";

        Write(responses, Read(Limit, $"[{Document},{Document}]"), out var notes);

        Assert.Equal("messages.content:mapped(text)", notes.ToString());
    }

    private static ModelRequest Users(int length) =>
        Read($$"""{{Limit}},"metadata":{"user_id":"{{new string('u', length)}}"},"safety_identifier":"{{new string('s', length)}}" """);

    private static ModelRequest Read(string more, string content = "\"Hi\"") =>
        MessagesRequestReader.Read(Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[{"role":"user","content":{{content}}}],{{more}}}"""));

    private static JsonObject Write(bool responses, ModelRequest request, out ShimNotes notes, ProviderType type = ProviderType.OpenAI, CatalogModel? facts = null)
    {
        var endpoint = new ModelEndpoint(new ProviderEndpoint { Name = "p", Type = type, BaseUrl = new Uri("http://p/v1") }, "m") { Facts = facts };
        notes = new ShimNotes();
        return responses ? ResponsesRequestWriter.Write(request, endpoint, notes) : ChatRequestWriter.Write(request, endpoint, notes);
    }
}
