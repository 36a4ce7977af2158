"""Faces: what was measured of dlib's models and of YuNet, and by which code. No model of ours."""
