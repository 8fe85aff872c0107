using Gateflow.Core.Replay;

namespace Gateflow.Tests.Replay;

public sealed class AnswerFormTests
{
    [Theory]
    [InlineData("", AnswerForm.Empty)]
    [InlineData(" \n ", AnswerForm.Empty)]
    [InlineData("Just words.", AnswerForm.Prose)]
    [InlineData("Try:\n\n- one\n- two\n- three", AnswerForm.List)]
    [InlineData("1. one\n2. two", AnswerForm.List)]
    [InlineData("- a single item", AnswerForm.Prose)]
    [InlineData("A long introduction.\nAnd more.\nAnd yet more.\n- one\n- two", AnswerForm.Prose)]
    [InlineData("{\"a\": 1}", AnswerForm.JsonObject)]
    [InlineData("[1, 2]", AnswerForm.JsonArray)]
    [InlineData("```json\n{\"a\": 1}\n```", AnswerForm.JsonObject)]
    [InlineData("{\"a\": 1", AnswerForm.Prose)]
    [InlineData("```python\nprint(1)\nprint(2)\n```", AnswerForm.CodeBlock)]
    [InlineData("```", AnswerForm.CodeBlock)]
    [InlineData("Here it is:\n```\nfor i in range(10):\n    print(i)\n```", AnswerForm.CodeBlock)]
    [InlineData("*emphasis* first, then words", AnswerForm.Prose)]
    public void Of_Text_TellsTheForm(string text, AnswerForm expected)
    {
        Assert.Equal(expected, AnswerForms.Of(new ReplayAnswer { Text = text }));
    }

    [Fact]
    public void Of_ToolCall_IsNotTakenForJson()
    {
        Assert.Equal(AnswerForm.ToolCall, AnswerForms.Of(new ReplayAnswer { Text = "{}", CallsTools = true }));
    }

    [Theory]
    [InlineData("{\"a\": 1}", "{\"b\": 2}", true, true)]
    [InlineData("{\"a\": 1}", "```json\n{\"b\": 2}\n```", false, true)]
    [InlineData("{\"a\": 1}", "```json\n{\"b\": 2}\n```", true, false)]
    [InlineData("{\"a\": 1}", "[1]", true, false)]
    [InlineData("Sorry.", "No.", true, true)]
    public void Match_JsonDemanded_AsksForBareJson(string source, string target, bool demanded, bool expected)
    {
        var pair = new AnswerPair(new ReplayAnswer { Text = source }, new ReplayAnswer { Text = target }, demanded);

        Assert.Equal(expected, AnswerForms.Match(pair));
    }
}
