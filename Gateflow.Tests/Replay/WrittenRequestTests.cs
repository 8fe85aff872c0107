using System.Text;
using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Replay;

namespace Gateflow.Tests.Replay;

public sealed class WrittenRequestTests
{
    /// <summary>DeepSeek refuses, while it thinks, calls without their thoughts: what live traffic is spared a replay is, too.</summary>
    [Theory]
    [InlineData("deepseek-v4-pro", true, "", "disabled")]
    [InlineData("gpt-4o", false, "", "disabled")]
    [InlineData("deepseek-v4-pro", true, "\"reasoning_content\":\"Hm\",", null)]
    public void Of_CallsOfTools_AreMendedWhereNothingIsFitted(string writtenFor, bool shims, string thoughts, string? thinking)
    {
        var chat = Encoding.UTF8.GetBytes(
            $$$"""
            {"model":"m","tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"Hi"},
             {"role":"assistant",{{{thoughts}}}"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"1"}]}
            """);

        var (written, refusal) = WrittenRequest.Of(chat, Route("deepseek-v4-pro"), Route(writtenFor), shims);

        Assert.Null(refusal);
        Assert.Equal(thinking, (string?)written!.Json["thinking"]?["type"]);
    }

    private static ModelRoute Route(string model)
    {
        var provider = new ProviderEndpoint { Name = "p", Type = ProviderType.OpenAICompatible, BaseUrl = new Uri("http://p/v1") };
        return new ModelRoute(model, [new ModelEndpoint(provider, model)], ModelCatalog.Embedded.Find(model));
    }
}
