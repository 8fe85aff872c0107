#pragma warning disable OPENAI001 // the SDK marks its whole Responses client as experimental
using System.ClientModel;
using System.Text;
using OpenAI.Responses;

namespace Gateflow.Tests.Simulator;

/// <summary>The official OpenAI SDK for .NET is the judge of the shapes of the Responses API.</summary>
public sealed class ResponsesClientTests
{
    private const string Prompt = "Explain how tides work";

    [Fact]
    public async Task CreateResponse_OfficialClient_ReadsTextReasoningAndUsage()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        ResponseResult response = await Client(simulator).CreateResponseAsync(
            new CreateResponseOptions("gpt-5", [ResponseItem.CreateUserMessageItem(Prompt)])
            {
                ReasoningOptions = new ResponseReasoningOptions { ReasoningEffortLevel = ResponseReasoningEffortLevel.Low },
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(ResponseStatus.Completed, response.Status);
        Assert.Equal(await simulator.TextAsync("gpt-5", Prompt), response.GetOutputText());
        Assert.IsType<ReasoningResponseItem>(response.OutputItems[0]);
        Assert.Equal(20, response.Usage.OutputTokenDetails.ReasoningTokenCount);
    }

    [Fact]
    public async Task CreateResponseStreaming_OfficialClient_ReadsTextAndUsage()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("gpt-5", new { latency_ms = 5, tokens_per_second = 4000 });

        var text = new StringBuilder();
        ResponseResult? end = null;
        var options = new CreateResponseOptions("gpt-5", [ResponseItem.CreateUserMessageItem(Prompt)]) { StreamingEnabled = true };
        await foreach (var update in await Client(simulator).CreateResponseStreamingAsync(options, TestContext.Current.CancellationToken))
        {
            text.Append((update as StreamingResponseOutputTextDeltaUpdate)?.Delta);
            end = (update as StreamingResponseCompletedUpdate)?.Response ?? end;
        }

        Assert.Equal(await simulator.TextAsync("gpt-5", Prompt), text.ToString());
        Assert.Equal((text.Length + 3) / 4, end!.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task CreateResponse_Tools_OfficialClientMakesTheRoundTrip()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var options = new CreateResponseOptions("gpt-5", [ResponseItem.CreateUserMessageItem("Use look_up for tide")]);
        options.Tools.Add(ResponseTool.CreateFunctionTool("look_up", BinaryData.FromString("""{"type":"object","properties":{"word":{"type":"string"}}}"""), false));

        ResponseResult first = await Client(simulator).CreateResponseAsync(options, TestContext.Current.CancellationToken);
        var call = Assert.IsType<FunctionCallResponseItem>(Assert.Single(first.OutputItems));
        options.InputItems.Add(call);
        options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "rise and fall of the sea"));
        ResponseResult second = await Client(simulator).CreateResponseAsync(options, TestContext.Current.CancellationToken);

        Assert.Equal("look_up", call.FunctionName);
        Assert.Equal(await simulator.TextAsync("gpt-5", "Use look_up for tide"), second.GetOutputText());
    }

    private static ResponsesClient Client(SimulatorHost simulator) =>
        new(new ApiKeyCredential("sk-any"), new ResponsesClientOptions { Endpoint = new Uri(simulator.BaseUrl) });
}
