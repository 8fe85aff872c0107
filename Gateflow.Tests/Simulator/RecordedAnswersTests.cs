using System.Net;

namespace Gateflow.Tests.Simulator;

public sealed class RecordedAnswersTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateflow-answers-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Chat_RecordedPrompt_GivesThatModelsAnswer()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var path = Write("""{"prompt": "Why is the sky blue?", "answers": {"gpt-4": "Rayleigh \"scattering\".", "claude-2.1": "Light."}}""", "", """{"prompt": "Other", "answers": {}}""");
        await simulator.SetAsync("gpt-4", new { answers = path });
        await simulator.SetAsync("gpt-4o", new { answers = path });

        Assert.Equal("Rayleigh \"scattering\".", await simulator.TextAsync("gpt-4", "Why is the sky blue?"));
        Assert.NotEqual("Rayleigh \"scattering\".", await simulator.TextAsync("gpt-4o", "Why is the sky blue?"));
        Assert.NotEqual("Rayleigh \"scattering\".", await simulator.TextAsync("gpt-4", "Why is the sky green?"));

        await simulator.SetAsync("gpt-4", new { answers = (string?)null });
        Assert.NotEqual("Rayleigh \"scattering\".", await simulator.TextAsync("gpt-4", "Why is the sky blue?"));
    }

    [Fact]
    public async Task PutModel_FileChanged_IsReadAgain()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var path = Write("""{"prompt": "a", "answers": {"m": "one"}}""");
        await simulator.SetAsync("m", new { answers = path });
        Write("""{"prompt": "a", "answers": {"m": "second"}}""");

        await simulator.SetAsync("m", new { answers = path });

        Assert.Equal("second", await simulator.TextAsync("m", "a"));
    }

    [Theory]
    [InlineData("""{"prompt": "a", "answers": {"m": "x"}}|{"prompt": "b" """, "line 2: is not JSON")]
    [InlineData("""{"prompt": 1, "answers": {}}""", "line 1: \"prompt\" must be a string")]
    [InlineData("""{"prompt": "a"}""", "line 1: \"answers\" must be an object")]
    [InlineData("""{"prompt": "a", "answers": {"m": 5}}""", "line 1: the answer of \"m\" must be a string")]
    [InlineData("", "holds no answer")]
    public async Task PutModel_BrokenFile_Is422NamingPathAndLineAndChangesNothing(string lines, string expected)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var path = Write(lines.Split('|'));

        using var response = await simulator.PutAsync("m", new { latency_ms = 77, answers = path });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var error = (await response.JsonAsync()).GetProperty("error");
        Assert.Equal("answers", error.GetProperty("param").GetString());
        Assert.Contains(path, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(expected, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        var model = await simulator.Client.GetAsync("/control/models/m", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await model.JsonAsync()).GetProperty("latency_ms").GetDouble());
    }

    [Fact]
    public async Task PutModel_MissingFile_Is422()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        using var response = await simulator.PutAsync("m", new { answers = Path.Combine(_folder.FullName, "none.jsonl") });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains("does not exist", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PutModel_AnswerRoots_AllowOnlyWhatReallyLiesBelow()
    {
        var inside = _folder.CreateSubdirectory("inside");
        var outside = Write("""{"prompt": "a", "answers": {"m": "outside"}}""");
        File.Copy(outside, Path.Combine(inside.FullName, "own.jsonl"));
        File.CreateSymbolicLink(Path.Combine(inside.FullName, "link.jsonl"), outside);
        await using var simulator = await SimulatorHost.StartAsync(options => options.AnswerRoots.Add(inside.FullName));

        await simulator.SetAsync("m", new { answers = Path.Combine(inside.FullName, "own.jsonl") });
        await simulator.SetAsync("m", new { answers = "own.jsonl" });
        foreach (var path in new[] { outside, "../answers.jsonl", Path.Combine(inside.FullName, "link.jsonl"), "/etc/hostname" })
        {
            using var response = await simulator.PutAsync("m", new { answers = path });

            Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
            Assert.Contains("outside the folders", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    private string Write(params string[] lines)
    {
        var path = Path.Combine(_folder.FullName, "answers.jsonl");
        File.WriteAllLines(path, lines);
        return path;
    }
}
