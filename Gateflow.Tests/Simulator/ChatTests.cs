using System.Net;
using System.Text;
using System.Text.Json;

namespace Gateflow.Tests.Simulator;

public sealed class ChatTests
{
    private const string Prompt = "Explain how photosynthesis in desert plants differs from photosynthesis in forests";

    [Fact]
    public async Task Chat_PlainQuestion_HasTheShapeOfOpenAI()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var completion = await simulator.AskAsync(Chat.Body("gpt-4", Prompt));

        Assert.StartsWith("chatcmpl-", completion.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("chat.completion", completion.GetProperty("object").GetString());
        Assert.Equal("gpt-4", completion.GetProperty("model").GetString());
        Assert.StartsWith("fp_", completion.GetProperty("system_fingerprint").GetString(), StringComparison.Ordinal);
        Assert.Equal("stop", Chat.Choice(completion).GetProperty("finish_reason").GetString());
        Assert.Equal("assistant", Chat.Choice(completion).GetProperty("message").GetProperty("role").GetString());
        var usage = completion.GetProperty("usage");
        Assert.Equal((Chat.Text(completion).Length + 3) / 4, usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(((Prompt.Length + 3) / 4) + 4 + 3, usage.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(
            usage.GetProperty("completion_tokens").GetInt32() + usage.GetProperty("prompt_tokens").GetInt32(),
            usage.GetProperty("total_tokens").GetInt32());
        Assert.Equal(0, usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
        Assert.Equal(0, usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32());
    }

    [Fact]
    public async Task Chat_TwoModels_AnswerAlikeButNotEqually()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var shared = new List<double>();
        for (var number = 0; number < 20; number++)
        {
            var prompt = $"{Prompt}, case {number}";
            var one = await simulator.TextAsync("gpt-4", prompt);
            var other = await simulator.TextAsync("gpt-4o", prompt);

            Assert.Equal(one, await simulator.TextAsync("gpt-4", prompt));
            Assert.NotEqual(one, other);
            shared.Add(SharedWords(one, other));
            Assert.InRange(one.Length / 4, 40, 380);
        }

        Assert.InRange(shared.Min(), 0.55, 1);
        Assert.InRange(shared.Average(), 0.75, 1);
    }

    [Fact]
    public async Task Chat_MaxTokens_CutsWithReasonLength()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var whole = await simulator.TextAsync("gpt-4", Prompt);

        foreach (var name in new[] { "max_tokens", "max_completion_tokens" })
        {
            var completion = await simulator.AskAsync(With(Prompt, (name, 5)));

            Assert.Equal(whole[..20], Chat.Text(completion));
            Assert.Equal("length", Chat.Choice(completion).GetProperty("finish_reason").GetString());
            Assert.Equal(5, completion.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        }
    }

    [Fact]
    public async Task Chat_Stop_EndsBeforeTheFirstSequence()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var whole = await simulator.TextAsync("gpt-4", Prompt);

        var completion = await simulator.AskAsync(With(Prompt, ("stop", new[] { "never there", "." })));

        Assert.Equal(whole[..whole.IndexOf('.', StringComparison.Ordinal)], Chat.Text(completion));
        Assert.Equal("stop", Chat.Choice(completion).GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Chat_ThreeChoices_AreDifferentAndAllCounted()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var completion = await simulator.AskAsync(With(Prompt, ("n", 3)));

        var texts = completion.GetProperty("choices").EnumerateArray()
            .Select(choice => choice.GetProperty("message").GetProperty("content").GetString()!).ToList();
        Assert.Equal(3, texts.Distinct().Count());
        Assert.Equal(texts.Sum(text => (text.Length + 3) / 4), completion.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Chat_ContentParts_AnswersTheirText()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        object[] parts =
        [
            new { type = "text", text = Prompt },
            new { type = "image_url", image_url = new { url = "data:image/png;base64,AA==" } },
        ];

        var completion = await simulator.AskAsync(new { model = "gpt-4", messages = new[] { new { role = "user", content = parts } } });

        Assert.Equal(await simulator.TextAsync("gpt-4", Prompt), Chat.Text(completion));
    }

    [Fact]
    public async Task Chat_ReasoningEffort_IsBilledAndPartOfTheLimit()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var plain = await simulator.AskAsync(Chat.Body("o9", Prompt));

        var thought = await simulator.AskAsync(new { model = "o9", reasoning_effort = "low", messages = new[] { new { role = "user", content = Prompt } } });
        var cut = await simulator.AskAsync(new { model = "o9", max_completion_tokens = 5, reasoning_effort = "low", messages = new[] { new { role = "user", content = Prompt } } });

        Assert.Equal(20, thought.GetProperty("usage").GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32());
        Assert.Equal("stop", Chat.Choice(thought).GetProperty("finish_reason").GetString());
        Assert.NotEmpty(Chat.Text(plain));
        Assert.Equal("", Chat.Text(cut));
        Assert.Equal("length", Chat.Choice(cut).GetProperty("finish_reason").GetString());
        Assert.Equal(5, cut.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Chat_LongPromptTwice_ReadsItsBeginningFromTheCache()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var prompt = new string('x', 6000);

        var first = await simulator.AskAsync(Chat.Body("gpt-4", prompt + "a"));
        var second = await simulator.AskAsync(Chat.Body("gpt-4", prompt + "b"));

        Assert.Equal(0, Cached(first));
        Assert.Equal(1024, Cached(second));

        static int Cached(JsonElement completion) =>
            completion.GetProperty("usage").GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32();
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", null, null)]
    [InlineData("""{"model":"m"}""", "messages", "missing_required_parameter")]
    [InlineData("""{"model":"m","messages":[]}""", "messages", "empty_array")]
    [InlineData("""{"model":"m","messages":[{"role":"robot","content":"x"}]}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"model":"m","messages":[{"role":"user"}]}""", "messages[0].content", "missing_required_parameter")]
    [InlineData("""{"model":"m","temperature":3,"messages":[{"role":"user","content":"x"}]}""", "temperature", "decimal_above_max_value")]
    [InlineData("""{"model":"m","temperature":"hot","messages":[{"role":"user","content":"x"}]}""", "temperature", "invalid_type")]
    [InlineData("""{"model":"m","n":0,"messages":[{"role":"user","content":"x"}]}""", "n", "integer_below_min_value")]
    [InlineData("""{"model":"m","stream":"yes","messages":[{"role":"user","content":"x"}]}""", "stream", "invalid_type")]
    [InlineData("""{"model":"m","stream_options":{},"messages":[{"role":"user","content":"x"}]}""", "stream_options", null)]
    [InlineData("""{"model":"m","tool_choice":"required","messages":[{"role":"user","content":"x"}]}""", "tool_choice", null)]
    [InlineData("""{"model":"m","response_format":{"type":"xml"},"messages":[{"role":"user","content":"x"}]}""", "response_format.type", "invalid_value")]
    [InlineData("""{"model":"m","response_format":{"type":"json_object"},"messages":[{"role":"user","content":"x"}]}""", "messages", null)]
    [InlineData("""{"model":"m","reasoning_effort":"much","messages":[{"role":"user","content":"x"}]}""", "reasoning_effort", "invalid_value")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":"https://x/y.png"}]}]}""", "messages[0].content[0].image_url", "invalid_type")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"iVBORw0KGgo="}}]}]}""", "messages[0].content[0].image_url.url", "invalid_value")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,?"}}]}]}""", "messages[0].content[0].image_url.url", "invalid_value")]
    [InlineData("""{"model":"m","tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{}}}}],"messages":[{"role":"user","content":"x"}]}""", "tools[0].function.parameters", "invalid_function_parameters")]
    [InlineData("""{"model":"m","stop":["a","b","c","d","e"],"messages":[{"role":"user","content":"x"}]}""", "stop", "array_above_max_length")]
    [InlineData("""{"model":"m","gateflow":{},"messages":[{"role":"user","content":"x"}]}""", null, null)]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"\ud83d"}]}""", null, null)]
    [InlineData("""{"model":"m","messages":""", null, null)]
    [InlineData("""[1]""", null, null)]
    [InlineData("", null, null)]
    public async Task Chat_BadRequest_Is400NamingTheParameter(string body, string? param, string? code)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await simulator.Client.PostAsync("/v1/chat/completions", content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await response.JsonAsync()).GetProperty("error");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
    }

    private static Dictionary<string, object> With(string prompt, (string Name, object Value) extra) =>
        new(JsonSerializer.Deserialize<Dictionary<string, object>>(JsonSerializer.Serialize(Chat.Body("gpt-4", prompt)))!)
        {
            [extra.Name] = extra.Value,
        };

    // Share of the words of one that stand, as often, in the other.
    private static double SharedWords(string one, string other)
    {
        var left = Words(other).CountBy(word => word).ToDictionary();
        var words = Words(one);
        return words.Count(word => left.ContainsKey(word) && left[word]-- > 0) / (double)words.Length;
    }

    private static string[] Words(string text) =>
        text.ToLowerInvariant().Split([' ', '\n', '.', ',', ';'], StringSplitOptions.RemoveEmptyEntries);
}
