using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Protocols.Responses;
#pragma warning disable OPENAI001 // the SDK marks its whole Responses client as experimental
using Gateflow.Core.Routing;
using Gateflow.Tests.Simulator;
using OpenAI.Responses;

namespace Gateflow.Tests.Providers.Bedrock;

/// <summary>The official SDK's Responses client before Bedrock.</summary>
public sealed class BedrockResponsesTests
{
    private const string Model = "gpt-4o";
    private const string Upstream = "us.anthropic.claude-opus-4-6-v1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateResponseStreaming_ThoughtsAndTools_MakeTheRoundTrip()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await GatewayHost.StartAsync();
        host.Serve(Model, ProviderType.Bedrock, new Uri(simulator.Root), Upstream);
        var options = new CreateResponseOptions(Model, [ResponseItem.CreateUserMessageItem("Use look_up for tide")])
        {
            Instructions = "Be brief.",
            ReasoningOptions = new ResponseReasoningOptions { ReasoningEffortLevel = ResponseReasoningEffortLevel.High },
        };
        options.Tools.Add(ResponseTool.CreateFunctionTool("look_up", BinaryData.FromString("""{"type":"object","properties":{"word":{"type":"string"}}}"""), false, "Looks up"));

        var first = await CreateAsync(host, options);
        var call = Assert.IsType<FunctionCallResponseItem>(first.OutputItems[^1]);
        foreach (var item in first.OutputItems)
        {
            options.InputItems.Add(item);
        }

        options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "rise and fall of the sea"));
        var second = await CreateAsync(host, options);

        Assert.Equal("look_up", call.FunctionName);
        Assert.NotEmpty(second.GetOutputText());
        Assert.Equal(ResponseStatus.Completed, second.Status);
        var asked = await simulator.RequestsAsync(Upstream);
        Assert.Equal("""{"effort":"high"}""", asked[0].GetProperty("body").GetProperty("additionalModelRequestFields").GetProperty("output_config").GetRawText());
        var kinds = asked[1].GetProperty("body").GetProperty("messages").EnumerateArray()
            .Select(turn => string.Join(' ', turn.GetProperty("content").EnumerateArray().Select(block => block.EnumerateObject().First().Name)));
        Assert.Equal(["text", "reasoningContent toolUse", "toolResult"], kinds);
    }

    private static async Task<ResponseResult> CreateAsync(GatewayHost host, CreateResponseOptions options)
    {
        options.StreamingEnabled = true;
        ResponseResult? end = null;
        await foreach (var update in await ResponsesPassThroughTests.Client(host).CreateResponseStreamingAsync(options, Cancel))
        {
            end = (update as StreamingResponseCompletedUpdate)?.Response ?? end;
        }

        return end!;
    }
}
