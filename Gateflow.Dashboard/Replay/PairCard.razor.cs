using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Gateflow.Dashboard.Replay;

/// <summary>One pair side by side: what differs is marked, tools are set against each other, and a person says which answer is better.</summary>
public sealed partial class PairCard
{
    /// <summary>Characters of a text that are shown; the API gives all of it.</summary>
    private const int MostShown = 40_000;

    private static readonly (string Word, string Key)[] Words = [("better", "1"), ("same", "2"), ("worse", "3")];

    private ElementReference self;
    private (ReplayPairView? Pair, bool Marked) shown;
    private WordDiff? diff;

    [Parameter, EditorRequired]
    public ReplayPairView Pair { get; set; } = default!;

    /// <summary>Its place in the list, from 1.</summary>
    [Parameter, EditorRequired]
    public int Number { get; set; }

    [Parameter, EditorRequired]
    public string SourceModel { get; set; } = "";

    [Parameter, EditorRequired]
    public string TargetModel { get; set; } = "";

    /// <summary>Whether the words that differ are marked.</summary>
    [Parameter]
    public bool Marked { get; set; }

    /// <summary>Whether it is among those that go to a dataset.</summary>
    [Parameter]
    public bool Chosen { get; set; }

    /// <summary>It is chosen, or no longer.</summary>
    [Parameter]
    public EventCallback OnChoose { get; set; }

    /// <summary>The word chosen; the one that stands already takes it back (null).</summary>
    [Parameter]
    public EventCallback<string?> OnRate { get; set; }

    /// <summary>Another pair is wanted: so many further on.</summary>
    [Parameter]
    public EventCallback<int> OnMove { get; set; }

    private bool HasCalls => Pair.Source.ToolCalls is not null || Pair.Target.ToolCalls is not null;

    private string Figures => string.Join(" · ", new[]
    {
        Pair.Similarity is { } similarity ? $"similarity {Display.Number(similarity, 2)}" : "not comparable",
        Pair.FormatMatch switch { true => "same form", false => "other form", _ => null },
        Pair.ToolMatch is { } tools ? $"arguments alike by {Display.Number(tools, 2)}" : null,
        Pair.Judged is { } word ? ReplayLabels.Of(word) : null,
        Marked && diff is null && Both ? "too long to be marked word by word" : null,
    }.OfType<string>());

    private bool Both => Pair is { Source: { Text: not null, ToolCalls: null }, Target: { Text: not null, ToolCalls: null } };

    public ValueTask FocusAsync() => self.FocusAsync();

    protected override void OnParametersSet()
    {
        if (shown.Marked == Marked && shown.Pair is { } before && before.Source == Pair.Source && before.Target == Pair.Target)
        {
            return;
        }

        shown = (Pair, Marked);
        diff = Marked && Both ? WordDiff.Of(Cut(Pair.Source.Text!), Cut(Pair.Target.Text!)) : null;
    }

    private async Task KeyAsync(KeyboardEventArgs key)
    {
        if (key.CtrlKey || key.MetaKey || key.AltKey)
        {
            return;
        }

        switch (key.Key)
        {
            case "j" or "J":
                await OnMove.InvokeAsync(1);
                break;
            case "k" or "K":
                await OnMove.InvokeAsync(-1);
                break;
            case "x" or "X":
                await OnChoose.InvokeAsync();
                break;
            case "0" when Pair.Rating is not null:
                await OnRate.InvokeAsync(null);
                break;
            default:
                if (Words.FirstOrDefault(w => w.Key == key.Key).Word is { } word && word != Pair.Rating)
                {
                    await OnRate.InvokeAsync(word);
                    await OnMove.InvokeAsync(1);
                }

                break;
        }
    }

    private Task RateAsync(string word) => OnRate.InvokeAsync(Pair.Rating == word ? null : word);

    private static string Cut(string text) => text.Length > MostShown ? text[..MostShown] + " […]" : text;
}
