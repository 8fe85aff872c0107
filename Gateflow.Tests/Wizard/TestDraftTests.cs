using Gateflow.Core.Replay;
using Gateflow.Dashboard.Replay;
using Gateflow.Dashboard.Wizard;

namespace Gateflow.Tests.Wizard;

public sealed class TestDraftTests
{
    private readonly TestDraft draft = new(new ReplayRequestValidator());

    [Fact]
    public void New_Defaults_AreRight()
    {
        Assert.True(draft.IsRight);
        Assert.Equal(new ReplayRequest { TestRequests = 50, Concurrency = 8 }, draft.Read());
    }

    [Theory]
    [InlineData("0", "", "8", "test_requests")]
    [InlineData("1001", "", "8", "test_requests")]
    [InlineData("many", "", "8", "test_requests")]
    [InlineData("50", "0", "8", "max_cost")]
    [InlineData("50", "-2", "8", "max_cost")]
    [InlineData("50", "cheap", "8", "max_cost")]
    [InlineData("50", "1,000", "8", "max_cost")]
    [InlineData("50", "", "33", "concurrency")]
    [InlineData("50", "", "", "concurrency")]
    public void Typed_Wrong_SaysSoBesideTheField(string size, string budget, string concurrency, string field)
    {
        (draft.Size, draft.Budget, draft.Concurrency) = (size, budget, concurrency);

        Assert.False(draft.IsRight);
        string[] fields = ["test_requests", "max_cost", "concurrency", "judge_rubric"];
        Assert.Equal([field], fields.Where(f => draft.FaultOf(f) is not null));
    }

    [Fact]
    public void Read_Everything_IsWhatTheApiTakes()
    {
        (draft.Size, draft.Budget, draft.Concurrency, draft.Recorded, draft.NoiseFloor) = ("200", "1,50", "4", true, true);
        (draft.EmbeddingModel, draft.JudgeModel, draft.Rubric) = ("openai/text-embedding-3-small", "openai/gpt-4o", "Prefer brevity.");

        Assert.True(draft.IsRight);
        Assert.Equal(
            new ReplayRequest
            {
                TestRequests = 200, MaxCost = 1.5m, Concurrency = 4, Compare = ReplayCompare.Recorded, NoiseFloor = true, Similarity = SimilarityKind.Embedding,
                EmbeddingModel = "openai/text-embedding-3-small", JudgeModel = "openai/gpt-4o", JudgeRubric = "Prefer brevity.",
            },
            draft.Read());
    }

    [Fact]
    public void Read_OfADataset_AsksTheSourceAndIsRight()
    {
        (draft.Dataset, draft.Recorded) = ("ds_1", true);

        Assert.True(draft.IsRight);
        Assert.Equal(new ReplayRequest { TestRequests = 50, Concurrency = 8, Source = "dataset", DatasetId = "ds_1", Compare = ReplayCompare.Both }, draft.Read());
    }

    [Fact]
    public void Rubric_UsualOrWithoutJudge_IsNotSent()
    {
        draft.Rubric = "Prefer brevity.";
        Assert.Null(draft.Read().JudgeRubric);

        (draft.JudgeModel, draft.Rubric) = ("openai/gpt-4o", draft.Read().JudgeRubric ?? new TestDraft(new ReplayRequestValidator()).Rubric);
        Assert.Null(draft.Read().JudgeRubric);

        draft.Rubric = new string('x', 4001);
        Assert.Equal("At most 4000 characters.", draft.FaultOf("judge_rubric"));
    }
}
